import React from 'react';
import { useDispatch, useSelector, useStore } from 'react-redux';
import type { SocketClient } from '../realtime/socket.ts';
import type { AppState, AppStore, Dispatch } from '../types.ts';

/** The live connection, for the `webSocketClient` prop of plugin components; null before sign-in. */
export const SocketContext = React.createContext<SocketClient | null>(null);

/** A value of the host's state. */
export function useApp<T>(select: (state: AppState) => T): T {
  return useSelector(select);
}

/** The store's dispatch, thunks included. */
export function useAppDispatch(): Dispatch {
  return useDispatch() as unknown as Dispatch;
}

/** The store itself, for the functions that load and send. */
export function useAppStore(): AppStore {
  return useStore() as unknown as AppStore;
}
