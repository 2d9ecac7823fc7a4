import type { Log } from '../../core/log.ts';
import { migrate, requireCurrent } from './migrate.ts';
import { openPostgres } from './postgres.ts';
import type { Database } from './sql.ts';
import { openSqlite } from './sqlite.ts';

/** Which database to open. */
export interface DatabaseOptions {
  /** A PostgreSQL URL, or null for SQLite in `dataDir`. */
  url: string | null;
  dataDir: string;
  log: Log;
  /** For a short look or change beside a sidecar that may be running: takes no lock and does not migrate. */
  beside?: boolean;
}

/**
 * Opens the database and migrates it: PostgreSQL when `url` is given (`?schema=name` chooses a schema), else SQLite in `dataDir`.
 *
 * @throws {AppError} config_invalid, database_locked (another process has the files), database_newer, database_unavailable
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
