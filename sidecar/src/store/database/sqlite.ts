import { EventEmitter } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { type CommitStatements, createGroupCommit } from './group-commit.ts';
import type { Database, Query, SqlValue, Statement } from './sql.ts';
import { createWalSync } from './wal-sync.ts';

const STATEMENT_CACHE = 256;

/** Where the embedded database is. */
export interface SqliteOptions {
  dataDir: string;
  log: Log;
  /** Opens without the lock, for a short look or change while another process holds it. */
  beside?: boolean;
}

/**
 * The embedded database: one file, one connection, one process. Every commit is on disk before it is acknowledged (write-ahead log, synced
 * by wal-sync.ts).
 *
 * @throws {AppError} database_locked, database_unavailable
 */
export function openSqlite({ dataDir, log, beside = false }: SqliteOptions): Database {
  const lock = beside ? null : guard(dataDir, () => takeLock(dataDir));
  if (beside) requireFile(dataDir);
  const file = join(dataDir, 'sidecar.db');
  const connection = guard(dataDir, () => connect(file));
  const wal = createWalSync(`${file}-wal`);
  const run = createRunner(connection);
  let hasWritten = false;
  const tx: Query = {
    query: async <Row extends object>(sql: string, params?: readonly SqlValue[]) => {
      hasWritten ||= !isRead(sql);
      return run<Row>(sql, params);
    },
  };
  const commits = createGroupCommit({
    ...commitStatements(connection),
    sync: async () => {
      const isNeeded = hasWritten;
      hasWritten = false;
      if (isNeeded) await wal.sync();
    },
  });
  const wakes = new EventEmitter().setMaxListeners(0);
  return {
    dialect: 'sqlite',
    query: (sql, params) =>
      isRead(sql) && commits.isFree() ? tx.query(sql, params) : commits.run(() => tx.query(sql, params)),
    transaction: (work) => commits.run(() => work(tx)),
    batch: <Row extends object>([first, ...others]: readonly [Statement, ...Statement[]]) =>
      commits.run(async () => {
        hasWritten = true;
        const rows = run<Row>(first.sql, first.params);
        for (const { sql, params } of others) run(sql, params);
        return rows;
      }),
    listen: async (channel, wake) => {
      wakes.on(channel, wake);
      return async () => void wakes.off(channel, wake);
    },
    notify: async (_tx, channel) => commits.afterCommit(() => wakes.emit(channel)),
    close: async () => {
      await commits.close();
      wal.close();
      connection.close();
      lock?.close();
      log.debug({}, 'Embedded database closed.');
    },
  };
}

/** Prepared once, because they run for every commit. */
function commitStatements(connection: DatabaseSync): Omit<CommitStatements, 'sync'> {
  const prepared = (sql: string) => {
    const statement = connection.prepare(sql);
    return () => void statement.run();
  };
  return {
    begin: prepared('begin immediate'),
    commit: prepared('commit'),
    rollback: prepared('rollback'),
    savepoint: prepared('savepoint job'),
    release: prepared('release job'),
    rollbackToSavepoint: () => connection.exec('rollback to job; release job'),
  };
}

/** Reads need no transaction of their own. */
function isRead(sql: string): boolean {
  return sql.startsWith('select ');
}

/** The lock is an open transaction on a file of its own: the operating system releases it when the process ends, and backups can still read the data. */
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

/** A read-only command must not create the files. */
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
  // A checkpoint waits for the disk: so it runs rarely, and then writes many changes of the same pages at once.
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
    // SQLite runs one writer at a time, so the row locks of PostgreSQL are not needed.
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

// SQLite treats `$1` as a name and compares every name with all others: quadratic in the rows of an insert. Positions cost nothing.
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
