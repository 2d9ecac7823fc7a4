/** A value for `$1`, `$2`, … Times are integer milliseconds, flags 0 or 1, JSON and sealed values text. */
export type SqlValue = string | number | null;

/** Runs one statement, the same text for both databases, and returns its rows. */
export interface Query {
  query<Row extends object>(sql: string, params?: readonly SqlValue[]): Promise<Row[]>;
}

/** One statement of a batch. */
export interface Statement {
  sql: string;
  params: readonly SqlValue[];
}

/** A database. Outside of `transaction` every statement is a transaction of its own. */
export interface Database extends Query {
  dialect: 'sqlite' | 'postgres';
  /**
   * All or nothing. `run` uses `tx` only, does nothing but queries, and may be run again after a deadlock.
   * When the promise resolves, the changes are on disk.
   */
  transaction<T>(run: (tx: Query) => Promise<T>): Promise<T>;
  /**
   * All or nothing, like a transaction whose statements are known before it begins: on PostgreSQL they are sent together, in one round
   * trip. Returns the rows of the first. A statement that depends on another must repeat its condition.
   */
  batch<Row extends object>(statements: readonly [Statement, ...Statement[]]): Promise<Row[]>;
  /** Calls `wake` soon after every committed `notify` on the channel (and after a lost connection came back). Resolves to a function that stops it. */
  listen(channel: string, wake: () => void): Promise<() => Promise<void>>;
  /** Wakes the listeners of a channel, in every process that shares the database, once `tx` is committed. */
  notify(tx: Query, channel: string): Promise<void>;
  close(): Promise<void>;
}

/** `($1, $2), ($3, $4)` for that many rows and columns. */
export function valuesClause(rows: number, columns: number): string {
  const row = (index: number) =>
    `(${Array.from({ length: columns }, (_, c) => `$${index * columns + c + 1}`).join(', ')})`;
  return Array.from({ length: rows }, (_, index) => row(index)).join(', ');
}

/** `$1, $2, $3` from the given number on. */
export function placeholders(count: number, from = 1): string {
  return Array.from({ length: count }, (_, index) => `$${index + from}`).join(', ');
}

/** Cuts rows into groups of 32, 8 and 1, so that only three texts of a statement exist for the statement cache. */
export function chunks<Row>(rows: readonly Row[]): Row[][] {
  const groups: Row[][] = [];
  let start = 0;
  while (start < rows.length) {
    const left = rows.length - start;
    const size = left >= 32 ? 32 : left >= 8 ? 8 : 1;
    groups.push(rows.slice(start, start + size));
    start += size;
  }
  return groups;
}
