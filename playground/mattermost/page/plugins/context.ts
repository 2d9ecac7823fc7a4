import type { AppStore } from '../types.ts';

/** A WebSocket event as it came: `data` still holds JSON strings where Mattermost sends them. */
export interface SocketEvent {
  event: string;
  data: Record<string, unknown>;
  broadcast: Record<string, unknown>;
  seq: number;
}

/** What plugins registered that does not live in redux. */
export interface PluginHost {
  store: AppStore;
  socketHandlers: Record<string, Record<string, (message: SocketEvent) => void>>;
  reconnectHandlers: Record<string, () => void>;
  addReducer: (name: string, reducer: unknown) => void;
}
