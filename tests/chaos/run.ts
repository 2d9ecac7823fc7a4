import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { createOwnDatabase } from '../support/postgres.ts';
import { runChaos } from './chaos.ts';
import { isFlawless, summary } from './summary.ts';

/**
 * `npm run chaos -- [--kills 50] [--seed N] [--database sqlite|postgres|both] [--messages 5000] [--users 200] [--chats 400] [--replicas 3]`
 * `--restart-database COMMAND` restarts the server of DATABASE_URL_TEST now and then; without it only its connections are cut.
 * `--lease SECONDS` is the LEASE_SECONDS of the sidecars.
 * `--messages` counts notifications: a message to three connected members is three. `--replicas` is for PostgreSQL.
 */
const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: String(randomInt(1_000_000)) },
    database: { type: 'string', default: 'both' },
    messages: { type: 'string', default: '5000' },
    users: { type: 'string', default: '200' },
    chats: { type: 'string', default: '400' },
    replicas: { type: 'string', default: '3' },
    lease: { type: 'string', default: '30' },
    'restart-database': { type: 'string' },
  },
});
const started = Date.now();
const say = (line: string) =>
  console.log(`${String(Math.round((Date.now() - started) / 1_000)).padStart(5)} s  ${line}`);

const common = {
  seed: Number(values.seed),
  kills: Number(values.kills),
  messages: Number(values.messages),
  users: Number(values.users),
  chats: Number(values.chats),
  leaseSeconds: Number(values.lease),
  say,
};

console.log(`seed ${common.seed}`);
const wanted = values.database === 'both' ? ['sqlite', 'postgres'] : [values.database];
for (const name of wanted) {
  const isGood = name === 'sqlite' ? await onSqlite() : name === 'postgres' ? await onPostgres() : unknown(name);
  if (!isGood) process.exitCode = 1;
}

async function onSqlite(): Promise<boolean> {
  console.log('\nSQLite, one sidecar');
  return finish(await runChaos({ ...common, replicas: 1, database: null }));
}

async function onPostgres(): Promise<boolean> {
  const replicas = Number(values.replicas);
  console.log(`\nPostgreSQL, ${replicas} sidecars`);
  const database = await createOwnDatabase(values['restart-database']);
  if (database === null) {
    console.log(
      'There is no PostgreSQL: start one on 127.0.0.1:5432 (user postgres, no password) or set DATABASE_URL_TEST.',
    );
    return values.database === 'both';
  }
  try {
    return finish(await runChaos({ ...common, replicas, database }));
  } finally {
    await database.drop();
  }
}

function finish(verdict: Parameters<typeof summary>[0]): boolean {
  for (const line of summary(verdict, common.seed)) console.log(line);
  return isFlawless(verdict);
}

function unknown(name: string): boolean {
  console.error(`--database: "${name}" is not sqlite, postgres or both.`);
  return false;
}
