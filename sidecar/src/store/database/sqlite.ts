import { EventEmitter } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { createTurns, type TurnSteps } from './group-commit.ts';
import type { Database, Query, SqlValue, Statement } from './sql.ts';
import { createDisk } from './wal-sync.ts';

const STATEMENT_CACHE = 256;

export interface SqliteOptions {
  dataDir: string;
  log: Log;
  /** Without the lock, for a moment beside the process that has it. */
  beside?: boolean;
}

/**
 * The embedded database: one file, one connection, one process. Every commit is on disk before it is acknowledged
 * (WAL, synced by ourselves: disk.ts). Errors: `database_locked`, `database_unavailable`.
 */
export function openSqlite({ dataDir, log, beside = false }: SqliteOptions): Database {
  const lock = beside ? null : guard(dataDir, () => takeLock(dataDir));
  if (beside) requireFile(dataDir);
  const file = join(dataDir, 'sidecar.db');
  const connection = guard(dataDir, () => connect(file));
  const disk = createDisk(`${file}-wal`);
  const run = createRunner(connection);
  let hasWritten = false;
  const tx: Query = {
    query: async <Row extends object>(sql: string, params?: readonly SqlValue[]) => {
      hasWritten ||= !isRead(sql);
      return run<Row>(sql, params);
    },
  };
  const turns = createTurns({
    ...stepsOf(connection),
    sync: async () => {
      const isNeeded = hasWritten;
      hasWritten = false;
      if (isNeeded) await disk.reach();
    },
  });
  const wakes = new EventEmitter().setMaxListeners(0);
  return {
    dialect: 'sqlite',
    query: (sql, params) =>
      isRead(sql) && turns.isFree() ? tx.query(sql, params) : turns.take(() => tx.query(sql, params)),
    transaction: (work) => turns.take(() => work(tx)),
    batch: <Row extends object>([first, ...others]: readonly [Statement, ...Statement[]]) =>
      turns.take(async () => {
        hasWritten = true;
        const rows = run<Row>(first.sql, first.params);
        for (const { sql, params } of others) run(sql, params);
        return rows;
      }),
    listen: async (channel, wake) => {
      wakes.on(channel, wake);
      return async () => void wakes.off(channel, wake);
    },
    notify: async (_tx, channel) => turns.afterCommit(() => wakes.emit(channel)),
    close: async () => {
      await turns.close();
      disk.close();
      connection.close();
      lock?.close();
      log.debug({}, 'Embedded database closed.');
    },
  };
}

/** Prepared once: these run for every commit. */
function stepsOf(connection: DatabaseSync): Omit<TurnSteps, 'sync'> {
  const step = (sql: string) => {
    const statement = connection.prepare(sql);
    return () => void statement.run();
  };
  return {
    begin: step('begin immediate'),
    commit: step('commit'),
    rollback: step('rollback'),
    savepoint: step('savepoint turn'),
    release: step('release turn'),
    undo: () => connection.exec('rollback to turn; release turn'),
  };
}

/** Statements that change nothing need no transaction of their own. */
function isRead(sql: string): boolean {
  return sql.startsWith('select ');
}

/** The lock is an open transaction on a file of its own: the system drops it with the process, and backups may still read the data. */
function takeLock(dataDir: string): DatabaseSync {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(privateFile(join(dataDir, 'sidecar.lock')));
  try {
    lock.exec('pragma busy_timeout = 0; begin exclusive');
    return lock;
  } catch (cause) {
    lock.close();
    if (!isBusy(cause)) throw cause;
    throw new AppError('database_locked', `Another sidecar is already running on the data in ${dataDir}.`, {
      cause,
      remedy:
        'Stop the other process, give this one another DATA_DIR, or set DATABASE_URL to run several on one PostgreSQL.',
    });
  }
}

/** Whoever only looks must not make the files. */
function requireFile(dataDir: string): void {
  if (existsSync(join(dataDir, 'sidecar.db'))) return;
  throw new AppError('database_unavailable', `There is no database in ${dataDir} yet.`, {
    remedy: 'Check DATA_DIR, or start the sidecar once.',
    fields: { missing: true },
  });
}

function connect(file: string): DatabaseSync {
  const connection = new DatabaseSync(privateFile(file));
  connection.exec(
    'pragma journal_mode = wal; pragma synchronous = normal; pragma foreign_keys = on; pragma busy_timeout = 5000',
  );
  // A checkpoint waits for the disk: rarely, and then for many changes of the same pages at once.
  connection.exec('pragma cache_size = -32000; pragma temp_store = memory; pragma wal_autocheckpoint = 4000');
  return connection;
}

function privateFile(file: string): string {
  closeSync(openSync(file, 'a', 0o600));
  return file;
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 5;
}

function guard<T>(dataDir: string, open: () => T): T {
  try {
    return open();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('database_unavailable', `The embedded database in ${dataDir} could not be opened.`, {
      cause,
      remedy: 'Check that DATA_DIR is on a local disk with free space and that the sidecar may write there.',
    });
  }
}

function createRunner(connection: DatabaseSync): <Row>(sql: string, params?: readonly SqlValue[]) => Row[] {
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql);
    if (known) return known;
    const oldest = statements.keys().next();
    if (statements.size >= STATEMENT_CACHE && !oldest.done) statements.delete(oldest.value);
    // One writer at a time is what SQLite does anyway, so the row locks of PostgreSQL have nothing to say here.
    const statement = connection.prepare(positional(sql.replace(/\bfor update( skip locked)?/g, '')));
    statements.set(sql, statement);
    return statement;
  };
  return <Row>(sql: string, params: readonly SqlValue[] = []) => {
    try {
      return prepared(sql).all(...params) as Row[];
    } catch (error) {
      throw describe(error);
    }
  };
}

// To SQLite `$1` is a name, and it looks for every name among all others: quadratic in the rows of an insert. Positions are free.
function positional(sql: string): string {
  const numbers = Array.from(sql.matchAll(/\$(\d+)/g), ([, number]) => Number(number));
  const isInOrder = numbers.every((number, index) => number === index + 1);
  return sql.replace(/\$(\d+)/g, isInOrder ? '?' : '?$1');
}

// SQLITE_FULL, SQLITE_IOERR, SQLITE_BUSY: the disk, not the statement (https://www.sqlite.org/rescode.html).
function describe(error: unknown): AppError {
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
  if (code !== 5 && code !== 10 && code !== 13) return toAppError(error);
  return new AppError('database_unavailable', 'The embedded database could not be read or written.', {
    cause: error,
    remedy: 'Check the free space and the health of the disk that holds DATA_DIR.',
  });
}
