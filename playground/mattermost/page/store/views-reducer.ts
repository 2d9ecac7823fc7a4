import { combineReducers, type Reducer, type UnknownAction } from 'redux';
import type { OpenModal, ViewsState } from '../types.ts';

/** The actions of the right-hand side, modals, drafts, the connection and the translations; names as in Mattermost. */
export type ViewAction =
  | { type: 'UPDATE_RHS_STATE'; state: string | null; pluggableId?: string }
  | { type: 'SELECT_POST'; postId: string }
  | ({ type: 'MODAL_OPEN' } & OpenModal)
  | { type: 'MODAL_CLOSE'; modalId: string }
  | { type: 'DRAFT_CHANGED'; key: string; message: string }
  | { type: 'CONNECTION_CHANGED'; connected: boolean }
  | { type: 'RECEIVED_PLUGIN_TRANSLATIONS'; pluginId: string; translate: (locale: string) => Record<string, string> }
  | { type: 'REMOVED_WEBAPP_PLUGIN'; data: { id: string } }
  | { type: 'LOGOUT_SUCCESS' };

const CLOSED: ViewsState['rhs'] = { isSidebarOpen: false, rhsState: null, pluggableId: '', selectedPostId: '' };

function rhs(state: ViewsState['rhs'] = CLOSED, action: UnknownAction): ViewsState['rhs'] {
  const known = action as ViewAction;
  switch (known.type) {
    case 'UPDATE_RHS_STATE':
      return {
        isSidebarOpen: known.state !== null,
        rhsState: known.state,
        pluggableId: known.pluggableId ?? '',
        selectedPostId: '',
      };
    case 'SELECT_POST':
      return { ...CLOSED, isSidebarOpen: known.postId !== '', selectedPostId: known.postId };
    case 'LOGOUT_SUCCESS':
      return CLOSED;
    default:
      return state;
  }
}

function modalState(state: Record<string, OpenModal> = {}, action: UnknownAction): Record<string, OpenModal> {
  const known = action as ViewAction;
  if (known.type === 'MODAL_OPEN') {
    const { type: _type, ...modal } = known;
    return { ...state, [modal.modalId]: modal };
  }
  if (known.type === 'MODAL_CLOSE') {
    return Object.fromEntries(Object.entries(state).filter(([id]) => id !== known.modalId));
  }
  return known.type === 'LOGOUT_SUCCESS' ? {} : state;
}

function drafts(state: Record<string, string> = {}, action: UnknownAction): Record<string, string> {
  const known = action as ViewAction;
  if (known.type === 'DRAFT_CHANGED') return { ...state, [known.key]: known.message };
  return known.type === 'LOGOUT_SUCCESS' ? {} : state;
}

function connection(state = { connected: true }, action: UnknownAction): ViewsState['connection'] {
  const known = action as ViewAction;
  return known.type === 'CONNECTION_CHANGED' ? { connected: known.connected } : state;
}

function translations(state: ViewsState['translations'] = {}, action: UnknownAction): ViewsState['translations'] {
  const known = action as ViewAction;
  if (known.type === 'RECEIVED_PLUGIN_TRANSLATIONS') return { ...state, [known.pluginId]: known.translate };
  if (known.type === 'REMOVED_WEBAPP_PLUGIN') {
    return Object.fromEntries(Object.entries(state).filter(([id]) => id !== known.data.id));
  }
  return state;
}

/** The slice `state.views`. */
export const viewsReducer: Reducer<ViewsState> = combineReducers({
  rhs,
  modals: combineReducers({ modalState }),
  drafts,
  connection,
  translations,
});
