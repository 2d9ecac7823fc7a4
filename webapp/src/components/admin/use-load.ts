import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from '../../actions.ts';
import type { State } from '../../reducer.ts';

/** A loaded value with its state. */
export interface Loaded<T> {
  value: T | null;
  problem: State['problem'];
  busy: boolean;
  reload(): void;
  /** Runs a change, loads the value again, and sets `problem` when either fails. */
  act(work: () => Promise<unknown>): Promise<void>;
}

/** Calls `load` on mount and whenever `load` changes. */
export function useLoad<T>(load: () => Promise<T>): Loaded<T> {
  const [value, setValue] = useState<T | null>(null);
  const [problem, setProblem] = useState<State['problem']>(null);
  const [busy, setBusy] = useState(false);

  const attempt = useCallback(async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
      setProblem(null);
    } catch (error) {
      setProblem(problemOf(error));
    } finally {
      setBusy(false);
    }
  }, []);
  // An answer to an earlier call may arrive after the answer to a later one; only the latest counts.
  const latest = useRef(0);
  const show = useCallback(async () => {
    latest.current += 1;
    const own = latest.current;
    const found = await load();
    if (own === latest.current) setValue(found);
  }, [load]);
  const fetchValue = useCallback(() => attempt(show), [attempt, show]);
  useEffect(() => void fetchValue(), [fetchValue]);

  return {
    value,
    problem,
    busy,
    reload: () => void fetchValue(),
    act: (work) =>
      attempt(async () => {
        await work();
        await show();
      }),
  };
}
