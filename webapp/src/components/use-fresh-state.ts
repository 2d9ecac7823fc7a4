import { useEffect, useState } from 'react';
import type { Actions } from '../actions.ts';
import { onReturn } from '../host.ts';
import type { State } from '../reducer.ts';

const WATCH_MS = 2_000;
const WATCH_FOR_MS = 10 * 60_000;
/** What nothing tells of, such as a command on a phone, is seen this soon. */
const LOOK_MS = 30_000;

interface FreshOptions {
  actions: Actions;
  state: State;
  /** How to ask; `actions.refresh` or more. Must stay the same. */
  refresh(): Promise<void>;
}

/**
 * Keeps what is shown up to date: asks when the view opens, when the person comes back to the window, when something happened elsewhere
 * and, after they left to sign in, every two seconds until the connection is there. Polling, because a sign-in in the desktop app ends in
 * another program that cannot tell this page. Returns how to begin watching.
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
