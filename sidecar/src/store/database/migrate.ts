import { readdirSync, readFileSync } from 'node:fs';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Database } from './sql.ts';

const FOLDER = new URL('../../../migrations/', import.meta.url);

/** One change of the schema. There are no down migrations: an older version refuses a newer database. */
export interface Migration {
  version: number;
  name: string;
  statements: string[];
}

/** The migrations in `sidecar/migrations`, `NNNN-name.sql`, in order. */
export function readMigrations(folder: URL = FOLDER): Migration[] {
  const files = readdirSync(folder).filter((name) => /^\d{4}-[a-z0-9-]+\.sql$/.test(name));
  return files.sort().map((name) => ({
    version: Number(name.slice(0, 4)),
    name,
    statements: splitStatements(readFileSync(new URL(name, folder), 'utf8')),
  }));
}

/**
 * Applies the missing migrations, each in a transaction of its own.
 *
 * @throws {AppError} database_newer, database_unavailable
 */
export async function migrate(db: Database, log: Log, migrations: Migration[] = readMigrations()): Promise<void> {
  await createVersionTable(db);
  const rows = await db.query<{ version: number | null }>('select max(version) as version from schema_version');
  const found = rows[0]?.version ?? 0;
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) throw newer(found, known);
  for (const migration of migrations) {
    if (migration.version > found && (await apply(db, migration))) {
      log.info({ migration: migration.name }, 'Database migration applied.');
    }
  }
}

/**
 * Refuses a database whose schema is not the one of this version.
 *
 * @throws {AppError} database_newer, database_unavailable
 */
export async function requireCurrent(db: Database, migrations: Migration[] = readMigrations()): Promise<void> {
  const rows = await db
    .query<{ version: number | null }>('select max(version) as version from schema_version')
    .catch(() => []);
  const found = rows[0]?.version ?? 0;
  const known = migrations.at(-1)?.version ?? 0;
  if (found > known) throw newer(found, known);
  if (found < known) {
    throw new AppError('database_unavailable', 'The tables of the database are not up to date.', {
      remedy: 'Run msteams-connect migrate, or start the sidecar once.',
      fields: { found, known },
    });
  }
}

function newer(found: number, known: number): AppError {
  return new AppError('database_newer', 'The database was made by a newer version of the sidecar.', {
    remedy: 'Start the newer version again, or restore a backup made with this one.',
    fields: { found, known },
  });
}

// On PostgreSQL two processes that create the table at once can collide even with `if not exists`; the second attempt finds it.
async function createVersionTable(db: Database): Promise<void> {
  const create = 'create table if not exists schema_version (version integer primary key, name text not null)';
  try {
    await db.query(create);
  } catch {
    await db.query(create);
  }
}

// The version row comes first: a second process that starts waits at its key, and finds the work done once the first has committed.
async function apply(db: Database, migration: Migration): Promise<boolean> {
  return db.transaction(async (tx) => {
    const rows = await tx.query(
      'insert into schema_version (version, name) values ($1, $2) on conflict do nothing returning version',
      [migration.version, migration.name],
    );
    if (rows.length === 0) return false;
    for (const statement of migration.statements) await tx.query(statement);
    return true;
  });
}

function splitStatements(text: string): string[] {
  const withoutComments = text.replace(/^\s*--.*$/gm, '');
  return withoutComments
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}
