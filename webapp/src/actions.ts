import type { MuteRequest, PreferencesView } from '../../sidecar/src/api/schema.ts';
import type { Client } from './client.ts';
import { ClientError } from './client.ts';
import type { HostStore } from './host.ts';
import type { State, StoreAction } from './reducer.ts';

/** What components can do. Results and failures go to the store; no method throws. */
export interface Actions {
  refresh(): Promise<void>;
  /** Loads the last notifications and the connection. */
  refreshNotifications(): Promise<void>;
  /** URL of the sign-in page, or null on failure. */
  connectUrl(): Promise<string | null>;
  disconnect(): Promise<void>;
  /** Saves any part of the preferences; false on failure. */
  savePreferences(change: Partial<PreferencesView>): Promise<boolean>;
  mute(wish: MuteRequest): Promise<boolean>;
  unmute(chatId: string): Promise<boolean>;
  /** Says that the sidecar's state may have changed; open views load it again. */
  markStale(): void;
  /** Calls `listener` after `markStale`. Returns the function that unsubscribes. */
  onStale(listener: () => void): () => void;
}

/** Several events within this time lead to one request. */
const TOUCH_DELAY_MS = 300;

/** Actions that call the sidecar and dispatch the result to the store. */
export function createActions(client: Client, store: HostStore): Actions {
  const show = (action: StoreAction) => store.dispatch(action);
  const views = new Set<() => void>();
  let touched: ReturnType<typeof setTimeout> | undefined;

  async function attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      show({ type: 'msteams_connect/problem', problem: problemOf(error) });
      return null;
    }
  }

  async function attemptMutes(work: () => ReturnType<Client['mute']>): Promise<boolean> {
    const answer = await attempt(work);
    if (answer) show({ type: 'msteams_connect/mutes', mutes: answer.mutes });
    return answer !== null;
  }

  const refresh = async () => {
    const me = await attempt(client.me);
    if (me) show({ type: 'msteams_connect/me', me });
  };
  return {
    refresh,
    refreshNotifications: async () => {
      const found = await attempt(() => Promise.all([client.me(), client.notifications()]));
      if (!found) return;
      const [me, { notifications }] = found;
      show({ type: 'msteams_connect/notifications', notifications });
      show({ type: 'msteams_connect/me', me });
    },
    connectUrl: () => attempt(async () => (await client.connect()).url),
    disconnect: async () => {
      await attempt(client.disconnect);
      await refresh();
    },
    savePreferences: async (change) => {
      const saved = await attempt(() => client.savePreferences(change));
      if (saved) await refresh();
      return saved !== null;
    },
    mute: (wish) => attemptMutes(() => client.mute(wish)),
    unmute: (chatId) => attemptMutes(() => client.unmute(chatId)),
    markStale: () => {
      clearTimeout(touched);
      touched = setTimeout(() => {
        for (const listener of views) listener();
      }, TOUCH_DELAY_MS);
    },
    onStale: (listener) => {
      views.add(listener);
      return () => void views.delete(listener);
    },
  };
}

/** A failure for display: the sidecar's sentence, or a translation key. */
export function problemOf(error: unknown): NonNullable<State['problem']> {
  if (error instanceof ClientError && error.reason === 'refused') return { text: error.message };
  const reason = error instanceof ClientError ? error.reason : 'unreachable';
  return { id: `msteams_connect.error.${reason}` };
}
