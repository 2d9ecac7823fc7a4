import type { AppStore, Thunk } from '../types.ts';

/** The action that shows one plugin's panel on the right-hand side. */
export interface ShowRhs {
  type: 'UPDATE_RHS_STATE';
  state: 'plugin';
  pluggableId: string;
}

function isShown(store: Pick<AppStore, 'getState'>, pluggableId: string): boolean {
  const { rhs } = store.getState().views;
  return rhs.rhsState === 'plugin' && rhs.pluggableId === pluggableId;
}

/** The closing action of the right-hand side. */
export function closeRhs() {
  return { type: 'UPDATE_RHS_STATE', state: null } as const;
}

/** The three things to DISPATCH (not to call) that a plugin gets for its panel. */
export function rhsActions(
  store: Pick<AppStore, 'getState'>,
  pluggableId: string,
): { showRHSPlugin: ShowRhs; hideRHSPlugin: Thunk<void>; toggleRHSPlugin: Thunk<void> } {
  const showRHSPlugin: ShowRhs = { type: 'UPDATE_RHS_STATE', state: 'plugin', pluggableId };
  return {
    showRHSPlugin,
    hideRHSPlugin: (dispatch) => {
      if (isShown(store, pluggableId)) dispatch(closeRhs());
    },
    toggleRHSPlugin: (dispatch) => {
      dispatch(isShown(store, pluggableId) ? closeRhs() : showRHSPlugin);
    },
  };
}
