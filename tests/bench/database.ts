import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export type DatabaseKind = 'sqlite' | 'postgres';

/** An empty database of its own: a folder, and a schema on the server for PostgreSQL. */
export interface Place {
  kind: DatabaseKind;
  dataDir: string;
  databaseUrl: string | null;
  remove(): Promise<void>;
}

const SERVER = process.env.DATABASE_URL_TEST ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** SQLite, and PostgreSQL when one answers at DATABASE_URL_TEST or on 127.0.0.1:5432. */
export async function databaseKinds(): Promise<DatabaseKind[]> {
  return (await onServer('select 1')) ? ['sqlite', 'postgres'] : ['sqlite'];
}

/** Makes the place; nothing is in it yet. */
export function makePlace(kind: DatabaseKind): Place {
  const dataDir = mkdtempSync(join(tmpdir(), 'bench-'));
  const schema = `bench_${randomBytes(6).toString('hex')}`;
  return {
    kind,
    dataDir,
    databaseUrl: kind === 'sqlite' ? null : `${SERVER}?schema=${schema}`,
    remove: async () => {
      rmSync(dataDir, { recursive: true, force: true });
      if (kind === 'postgres') await onServer(`drop schema if exists ${schema} cascade`);
    },
  };
}

async function onServer(sql: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query(sql);
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
