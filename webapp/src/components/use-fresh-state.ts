import { useEffect, useState } from 'react';
import type { Actions } from '../actions.ts';
import { onReturn } from '../host.ts';
import type { State } from '../reducer.ts';

const WATCH_MS = 2_000;
const WATCH_FOR_MS = 10 * 60_000;
/** For changes without an event, such as a command on a phone. */
const LOOK_MS = 30_000;

interface FreshOptions {
  actions: Actions;
  state: State;
  /** `actions.refresh` or `actions.refreshNotifications`; a stable reference. */
  refresh(): Promise<void>;
}

/**
 * Keeps the state up to date: refreshes on mount, every 30 seconds, when the window gets the focus and when the state was marked stale.
 * The returned function starts polling every two seconds for ten minutes or until the connection works: a sign-in that was started in the
 * desktop app ends in the system's browser, which cannot notify this page.
 */
export function useFreshState({ actions, state, refresh }: FreshOptions): () => void {
  const [watchUntil, setWatchUntil] = useState(0);
  const connected = state.me?.connection?.state === 'connected';

  useEffect(() => {
    const look = () => void refresh();
    look();
    const timer = setInterval(look, LOOK_MS);
    const stops = [onReturn(look), actions.onStale(look), () => clearInterval(timer)];
    return () => {
      for (const stop of stops) stop();
    };
  }, [actions, refresh]);

  useEffect(() => {
    if (connected || watchUntil === 0) return;
    const timer = setInterval(() => {
      if (Date.now() > watchUntil) clearInterval(timer);
      else void refresh();
    }, WATCH_MS);
    return () => clearInterval(timer);
  }, [refresh, connected, watchUntil]);

  return () => setWatchUntil(Date.now() + WATCH_FOR_MS);
}
