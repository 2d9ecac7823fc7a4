import type { Status } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';

/** A person's status; offline when never seen. */
export function statusOf(state: MattermostState, userId: string): Status {
  const known = state.store.statuses.get(userId);
  return known ?? { user_id: userId, status: 'offline', manual: false, last_activity_at: 0, dnd_end_time: 0 };
}

/** Changes a status and tells that person's clients. What was set by hand is not overruled by activity. */
export function setStatus(
  state: MattermostState,
  userId: string,
  change: { status: string; manual: boolean; dndEnd?: number },
): void {
  const before = statusOf(state, userId);
  if (before.manual && !change.manual) return;
  state.store.statuses.set(userId, {
    user_id: userId,
    status: change.status,
    manual: change.manual,
    last_activity_at: state.now(),
    dnd_end_time: change.dndEnd ?? 0,
  });
  if (before.status === change.status) return;
  state.hub.publish('status_change', { userId }, () => ({ status: change.status, user_id: userId }));
}
