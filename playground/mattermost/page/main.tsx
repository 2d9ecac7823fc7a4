import './styles/all.css';
import React from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api.ts';
import { openInteractiveDialog } from './parts/modals.tsx';
import { exposeGlobals } from './plugins/globals.tsx';
import { createLoader, type PluginLoader } from './plugins/loader.ts';
import { handleEvent } from './realtime/events.ts';
import { connectSocket, type SocketClient } from './realtime/socket.ts';
import { App } from './screens/app.tsx';
import { loadPosts, loadSession, loadTeam, teamNamed } from './store/load.ts';
import { makeStore } from './store/store.ts';
import type { AppStore } from './types.ts';

/** After a gap the team and the open channel are read anew and changed plugins reloaded, then the plugins are told. */
async function catchUp(store: AppStore, loader: PluginLoader): Promise<void> {
  const { entities } = store.getState();
  await Promise.all([
    loadTeam(store, entities.teams.currentTeamId),
    loadPosts(store, entities.channels.currentChannelId),
  ]);
  await loader.reloadChanged();
  for (const handler of Object.values(loader.host.reconnectHandlers)) handler();
}

function connect(store: AppStore, loader: PluginLoader): SocketClient {
  const openDialog = (dialog: unknown) => void store.dispatch(openInteractiveDialog(dialog));
  // One event after the other, so that a post and its edit cannot overtake each other.
  let last: Promise<void> = Promise.resolve();
  return connectSocket({
    onEvent: (message) => {
      last = last.then(() => handleEvent({ store, loader, openDialog }, message)).catch(console.error);
    },
    onOpen: (isReconnect) => {
      store.dispatch({ type: 'CONNECTION_CHANGED', connected: true });
      if (isReconnect) catchUp(store, loader).catch(console.error);
    },
    onClose: () => store.dispatch({ type: 'CONNECTION_CHANGED', connected: false }),
  });
}

async function signIn(store: AppStore): Promise<boolean> {
  try {
    await loadSession(store);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
  const team = teamNamed(store.getState(), window.location.pathname.split('/')[1] ?? '');
  if (team !== undefined) {
    await loadTeam(store, team.id);
    store.dispatch({ type: 'SELECT_TEAM', data: team.id });
  }
  return true;
}

async function start(element: HTMLElement): Promise<void> {
  const store = makeStore();
  let socket: SocketClient | null = null;
  exposeGlobals(store, () => {
    if (socket === null) throw new Error('Nobody is signed in.');
    return socket;
  });
  const loader = createLoader(store);
  if (await signIn(store)) socket = connect(store, loader);
  createRoot(element).render(<App store={store} socket={socket} />);
  if (socket !== null) await loader.loadAll();
}

const root = document.getElementById('root');
if (root !== null) {
  start(root).catch((error: unknown) => {
    console.error(error);
    root.textContent = 'Mattermost could not be loaded. Reload the page to try again.';
  });
}
