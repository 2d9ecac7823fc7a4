import { createHash } from 'node:crypto';
import pg from 'pg';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Database, Query, SqlValue, Statement } from './sql.ts';

const INT8 = 20;
const POOL_SIZE = 10;
const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 60_000;
/** A process that is suspended within a transaction must not keep its rows locked. */
const IDLE_TRANSACTION_MS = 15_000;
const RECONNECT_MS = 1_000;
const ATTEMPTS = 5;

/**
 * PostgreSQL 14 or newer, shared by several replicas.
 *
 * @throws {AppError} database_unavailable when it does not answer, config_invalid for a bad URL
 */
export async function openPostgres({ url, log }: { url: string; log: Log }): Promise<Database> {
  const config = poolConfig(url);
  const pool = new pg.Pool(config.pool);
  pool.on('error', (error) => log.warn({ error: error.message }, 'A database connection was lost.'));
  // A connection can break right when it is lent, or between two statements. Its holder learns of it from the next statement.
  pool.on('connect', (client) => client.on('error', () => {}));
  const query = <Row extends object>(sql: string, params?: readonly SqlValue[]) => run<Row>(pool, sql, params);
  const db: Database = {
    dialect: 'postgres',
    query,
    transaction: (work) => withRetries(() => transact(pool, work)),
    batch: (statements) => withRetries(() => withClient(pool, (client) => sendTogether(client, statements))),
    listen: (channel, wake) => listen({ config: config.pool, channel, wake, log }),
    notify: async (tx, channel) => void (await tx.query('select pg_notify($1, $2)', [channel, ''])),
    close: () => pool.end(),
  };
  try {
    if (config.schema !== null) await query(`create schema if not exists ${config.schema}`);
    else await query('select 1');
    return db;
  } catch (error) {
    await pool.end();
    throw error;
  }
}

/** `?schema=` is ours and is removed from the URL, because the server would refuse an unknown parameter. */
function poolConfig(url: string): { pool: pg.PoolConfig; schema: string | null } {
  if (!URL.canParse(url))
    throw new AppError('config_invalid', 'DATABASE_URL is not a URL.', {
      remedy: 'Use postgres://user:password@host/database.',
    });
  const parsed = new URL(url);
  const schema = parsed.searchParams.get('schema');
  parsed.searchParams.delete('schema');
  if (schema !== null && !/^[a-z_][a-z0-9_]{0,62}$/.test(schema)) {
    throw new AppError('config_invalid', 'The schema in DATABASE_URL is not a plain lower-case name.');
  }
  const pool: pg.PoolConfig = {
    connectionString: parsed.href,
    max: POOL_SIZE,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TRANSACTION_MS,
    application_name: 'msteams-connect',
    pipeline: true,
    types: { getTypeParser },
    ...(schema === null ? {} : { options: `-c search_path=${schema}` }),
  };
  return { pool, schema };
}

// Milliseconds and counters stay far below 2^53, so bigint may be a number.
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid: number, format?: 'text' | 'binary') =>
  oid === INT8 ? (text: string) => Number(text) : pg.types.getTypeParser(oid, format as 'text');

async function run<Row extends object>(
  client: pg.Pool | pg.PoolClient,
  sql: string,
  params: readonly SqlValue[] = [],
): Promise<Row[]> {
  try {
    const values = [...params];
    const result = await client.query<Row>(values.length === 0 ? sql : { name: nameOf(sql), text: sql, values });
    return result.rows;
  } catch (error) {
    throw describe(error);
  }
}

const names = new Map<string, string>();

/** A named statement is parsed once per connection: an insert of many rows costs a third less. */
function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known) return known;
  const name = createHash('sha256').update(sql).digest('base64url').slice(0, 32);
  names.set(sql, name);
  return name;
}

function transact<T>(pool: pg.Pool, work: (tx: Query) => Promise<T>): Promise<T> {
  return withClient(pool, async (client) => {
    const tx: Query = { query: (sql, params) => run(client, sql, params) };
    await tx.query('begin');
    const result = await work(tx);
    await tx.query('commit');
    return result;
  });
}

/** After a failure the server refuses the following statements and turns the commit at the end into a rollback. */
async function sendTogether<Row extends object>(
  client: pg.PoolClient,
  statements: readonly Statement[],
): Promise<Row[]> {
  const all = [{ sql: 'begin', params: [] }, ...statements, { sql: 'commit', params: [] }];
  const answers = all.map(({ sql, params }) => run<Row>(client, sql, params));
  // Statements after a failed one fail only because of it: all must be answered before the first failure is thrown.
  await Promise.allSettled(answers);
  const [, rows = []] = await Promise.all(answers);
  return rows;
}

/** Lends a connection; rolls back when the work fails. */
async function withClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect().catch((error: unknown) => {
    throw describe(error);
  });
  let broken = false;
  try {
    return await work(client);
  } catch (error) {
    broken = await client.query('rollback').then(
      () => false,
      () => true,
    );
    throw error;
  } finally {
    client.release(broken);
  }
}

// 40001 serialization failure and 40P01 deadlock: the transaction left no trace and can run again.
async function withRetries<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const code = sqlState(error instanceof Error ? error.cause : null);
      if (attempt === ATTEMPTS || (code !== '40001' && code !== '40P01')) throw error;
    }
  }
}

function sqlState(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

// Class 08 connection, 53 resources, 57 operator intervention (https://www.postgresql.org/docs/current/errcodes-appendix.html);
// without a SQLSTATE the error came from the socket or the pool.
function describe(error: unknown): AppError {
  const state = sqlState(error);
  const fromServer = /^[0-9A-Z]{5}$/.test(state) && error instanceof pg.DatabaseError;
  if (fromServer && !/^(08|53|57|28|3D)/.test(state)) return toAppError(error);
  return new AppError('database_unavailable', 'PostgreSQL did not answer.', {
    cause: error,
    remedy: 'Check that the server in DATABASE_URL runs and takes connections from here.',
  });
}

interface Listening {
  config: pg.PoolConfig;
  channel: string;
  wake: () => void;
  log: Log;
}

/** Listens on a connection of its own, which is opened again whenever it ends; polling covers the gap. */
async function listen({ config, channel, wake, log }: Listening): Promise<() => Promise<void>> {
  let stopped = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;

  async function open(): Promise<void> {
    const next = new pg.Client(config);
    let ended = false;
    const again = () => {
      if (ended || stopped) return;
      ended = true;
      next.end().catch(() => {});
      timer = setTimeout(() => void open(), RECONNECT_MS);
    };
    next.on('error', again);
    next.on('end', again);
    next.on('notification', wake);
    client = next;
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      wake();
    } catch (error) {
      log.warn({ error: toAppError(error).message }, 'Listening on the database failed; polling until it works again.');
      again();
    }
  }

  await open();
  return async () => {
    stopped = true;
    if (timer) clearTimeout(timer);
    await client?.end().catch(() => {});
  };
}
