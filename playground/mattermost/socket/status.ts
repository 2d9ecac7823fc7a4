import type { Status } from '../state/model.ts';
import type { World } from '../state/state.ts';

/** A person's status; offline when never seen. */
export function statusOf(world: World, userId: string): Status {
  const known = world.store.statuses.get(userId);
  return known ?? { user_id: userId, status: 'offline', manual: false, last_activity_at: 0, dnd_end_time: 0 };
}

/** Changes a status and tells that person's clients. What was set by hand is not overruled by activity. */
export function setStatus(
  world: World,
  userId: string,
  change: { status: string; manual: boolean; dndEnd?: number },
): void {
  const before = statusOf(world, userId);
  if (before.manual && !change.manual) return;
  world.store.statuses.set(userId, {
    user_id: userId,
    status: change.status,
    manual: change.manual,
    last_activity_at: world.now(),
    dnd_end_time: change.dndEnd ?? 0,
  });
  if (before.status === change.status) return;
  world.hub.publish('status_change', { userId }, () => ({ status: change.status, user_id: userId }));
}
