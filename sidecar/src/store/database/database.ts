import type { Log } from '../../core/log.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import type { Database } from './sql.ts';
import { openSqlite } from './sqlite.ts';

export interface DatabaseOptions {
  url: string | null;
  dataDir: string;
  log: Log;
  /** For a short look or change beside a sidecar that may be running: no lock is taken, and tables are not brought up to date. */
  beside?: boolean;
}

/**
 * Opens the database and brings its tables up to date: PostgreSQL when `url` is given (`?schema=name` chooses a schema),
 * else SQLite in `dataDir`. Errors: `database_locked` (another process has the files), `database_newer`, `database_unavailable`.
 */
export async function openDatabase({ url, dataDir, log, beside = false }: DatabaseOptions): Promise<Database> {
  const db = url === null ? openSqlite({ dataDir, log, beside }) : await openPostgres({ url, log });
  try {
    await (beside ? requireCurrent(db) : migrate(db, log));
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}
