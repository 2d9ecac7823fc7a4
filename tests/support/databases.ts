import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../../sidecar/src/store/database/database.ts';
import type { Database } from '../../sidecar/src/store/database/sql.ts';
import { silentLog } from './log.ts';

/** An empty, migrated database of its own; `open` again for a second replica (PostgreSQL). `drop` closes and removes everything. */
export interface TestDatabase {
  db: Database;
  url: string | null;
  dataDir: string;
  open(): Promise<Database>;
  drop(): Promise<void>;
}

export interface DatabaseKind {
  name: 'SQLite' | 'PostgreSQL';
  /** Why it cannot be tested here, or false. */
  skip: string | false;
  create(): Promise<TestDatabase>;
}

/** The databases every store test runs on. */
export async function databaseKinds(): Promise<DatabaseKind[]> {
  const url =
    process.env.DATABASE_URL_TEST ?? ((await answers(5432)) ? 'postgres://postgres@127.0.0.1:5432/postgres' : null);
  const how = 'no PostgreSQL: start one on 127.0.0.1:5432 (user postgres, no password) or set DATABASE_URL_TEST';
  return [
    { name: 'SQLite', skip: false, create: () => createDatabase(null) },
    { name: 'PostgreSQL', skip: url === null ? how : false, create: () => createDatabase(url) },
  ];
}

async function createDatabase(server: string | null): Promise<TestDatabase> {
  const dataDir = mkdtempSync(join(tmpdir(), 'sidecar-test-'));
  const schema = `test_${randomBytes(6).toString('hex')}`;
  const url = server === null ? null : `${server}${server.includes('?') ? '&' : '?'}schema=${schema}`;
  const opened: Database[] = [];
  const open = async () => {
    const db = await openDatabase({ url, dataDir, log: silentLog });
    opened.push(db);
    return db;
  };
  const db = await open();
  const drop = async () => {
    if (url !== null) await db.query(`drop schema ${schema} cascade`);
    for (const one of opened) await one.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { db, url, dataDir, open, drop };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (result: boolean) => {
      socket.destroy();
      resolve(result);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
