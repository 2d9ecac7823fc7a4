import type { useHistory } from 'react-router-dom';

/** The history object of the router. */
export type History = ReturnType<typeof useHistory>;

let current: History | null = null;

/** Remembers the router's history for code outside React. */
export function setBrowserHistory(history: History): void {
  current = history;
}

/** The router's history. Throws before the router is mounted. */
export function browserHistory(): History {
  if (current === null) throw new Error('The router is not mounted yet.');
  return current;
}
