import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';

/** A database of its own on a PostgreSQL server. */
export interface OwnDatabase {
  url: string;
  /** Ends every other connection to it, as a restart of the server does. */
  cutConnections(): Promise<void>;
  /** From now on no intent to post is written, until that is released. `waiting` tells how many are about to be. */
  holdIntents(): Promise<{ waiting(): Promise<number>; release(): Promise<void> }>;
  /** Restarts the server; null when it was not said how. */
  restart: (() => Promise<void>) | null;
  drop(): Promise<void>;
}

const LOCAL = 'postgres://postgres@127.0.0.1:5432/postgres';

/** Null when no server answers at DATABASE_URL_TEST or on 127.0.0.1:5432. `restartCommand` is for the shell. */
export async function createOwnDatabase(restartCommand?: string): Promise<OwnDatabase | null> {
  const server = process.env.DATABASE_URL_TEST ?? LOCAL;
  const admin = new pg.Pool({ connectionString: server, max: 1, connectionTimeoutMillis: 2_000 });
  admin.on('error', () => {});
  const name = `chaos_${randomBytes(6).toString('hex')}`;
  try {
    await admin.query(`create database ${name}`);
  } catch (error) {
    await admin.end();
    if (process.env.DATABASE_URL_TEST !== undefined) throw error;
    return null;
  }
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    cutConnections: async () =>
      void (await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])),
    holdIntents: async () => {
      const lock = new pg.Client({ connectionString: url.href });
      // `cutConnections` ends this connection as well, which releases the lock.
      lock.on('error', () => {});
      await lock.connect();
      await lock.query('begin');
      await lock.query('lock table deliveries in share mode');
      const waiting = `select count(*)::int as n from pg_stat_activity
        where datname = $1 and wait_event_type = 'Lock' and query like 'insert into deliveries%'`;
      return {
        waiting: async () => (await admin.query<{ n: number }>(waiting, [name])).rows[0]?.n ?? 0,
        release: () => lock.end().catch(() => {}),
      };
    },
    restart: restartCommand === undefined ? null : () => run(restartCommand),
    drop: async () => {
      await admin.query(`drop database ${name} with (force)`);
      await admin.end();
    },
  };
}

async function run(command: string): Promise<void> {
  await promisify(exec)(command);
}
