import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import pg from 'pg';

/** A database of its own on a PostgreSQL server. */
export interface OwnDatabase {
  url: string;
  /** Ends every connection of everybody else to it, as a restart of the server does. */
  cutConnections(): Promise<void>;
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
