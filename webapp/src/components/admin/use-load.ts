import { useCallback, useEffect, useRef, useState } from 'react';
import { problemOf } from '../../actions.ts';
import type { State } from '../../reducer.ts';

/** What was loaded, what went wrong, and how to load it again. */
export interface Loaded<T> {
  value: T | null;
  problem: State['problem'];
  busy: boolean;
  reload(): void;
  /** Runs something that changes the value, with its problem shown here. */
  act(work: () => Promise<unknown>): Promise<void>;
}

/** Loads when shown, and again whenever `load` is another function. */
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
  // An answer that a later question has overtaken is not shown.
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
