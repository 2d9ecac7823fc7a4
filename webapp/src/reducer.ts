import type { MeResponse, MuteView, NotificationView } from '../../sidecar/src/api/schema.ts';

/** The plugin's slice of the store. `problem` is a translation key or the sidecar's sentence. */
export interface State {
  me: MeResponse | null;
  /** Empty until loaded. */
  mutes: MuteView[];
  /** Null until loaded. */
  notifications: NotificationView[] | null;
  problem: { id: string } | { text: string } | null;
}

export type StoreAction =
  | { type: 'msteams_connect/me'; me: MeResponse }
  | { type: 'msteams_connect/mutes'; mutes: MuteView[] }
  | { type: 'msteams_connect/notifications'; notifications: NotificationView[] }
  | { type: 'msteams_connect/problem'; problem: State['problem'] };

export const INITIAL_STATE: State = { me: null, mutes: [], notifications: null, problem: null };

/** The reducer of `plugins-msteams_connect`. */
export function reducer(state: State = INITIAL_STATE, action: StoreAction | { type: string }): State {
  if (!isOurs(action)) return state;
  switch (action.type) {
    case 'msteams_connect/me':
      return { ...state, me: action.me, mutes: action.me.mutes, problem: null };
    case 'msteams_connect/mutes':
      return { ...state, mutes: action.mutes, problem: null };
    case 'msteams_connect/notifications':
      return { ...state, notifications: action.notifications };
    case 'msteams_connect/problem':
      return { ...state, problem: action.problem };
  }
}

const TYPES: readonly string[] = [
  'msteams_connect/me',
  'msteams_connect/mutes',
  'msteams_connect/notifications',
  'msteams_connect/problem',
] satisfies Array<StoreAction['type']>;

function isOurs(action: StoreAction | { type: string }): action is StoreAction {
  return TYPES.includes(action.type);
}
