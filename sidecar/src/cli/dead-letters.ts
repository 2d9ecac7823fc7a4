import type { Command } from 'commander';
import { readEnv } from '../config/config.ts';
import { processEnv } from '../config/environment.ts';
import { AppError } from '../core/errors.ts';
import { ownerKey } from '../core/owner.ts';
import { systemClock } from '../core/time.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import { SILENT } from './null-log.ts';
import { print } from './prompt.ts';

const MOST = 10_000;

/** `dead list` and `dead replay`: notifications that were given up. Both work beside a running sidecar. */
export function deadCommands(program: Command): void {
  const dead = program.command('dead').description('notifications that could not be delivered');
  dead
    .command('list')
    .description('newest first: when, why, for whom')
    .option('--json', 'as JSON, without the encrypted content')
    .action((options: { json?: boolean }, command: Command) =>
      withStore(command, (store) => list(store, options.json ?? false)),
    );
  dead
    .command('replay [ids...]')
    .description('put them back into the queue')
    .option('--all', 'all of them')
    .action((ids: string[], options: { all?: boolean }, command: Command) =>
      withStore(command, (store) => replay(store, ids, options.all ?? false)),
    );
}

async function withStore(command: Command, work: (store: Store) => Promise<void>): Promise<void> {
  const { databaseUrl, dataDir } = readEnv(processEnv(command.optsWithGlobals<{ settings?: string }>().settings));
  const store = await openStore({ url: databaseUrl, dataDir, log: SILENT.log, beside: true });
  try {
    await work(store);
  } finally {
    await store.close();
  }
}

async function list({ deadLetters }: Store, json: boolean): Promise<void> {
  const letters = await deadLetters.list(MOST);
  if (json)
    return print(
      JSON.stringify(
        letters.map(({ payload: _, ...letter }) => letter),
        null,
        2,
      ),
    );
  if (letters.length === 0) return print('There are none.');
  for (const { id, reason, attempts, diedAt, owner, messageId } of letters) {
    print(
      `${new Date(diedAt).toISOString()}  ${reason}  attempts ${attempts}  connection ${ownerKey(owner)}  message ${messageId}`,
    );
    print(`    ${id}`);
  }
}

async function replay({ deadLetters }: Store, ids: readonly string[], all: boolean): Promise<void> {
  if (ids.length === 0 && !all) {
    throw new AppError('bad_request', 'Nothing to replay was named.', { remedy: 'Give ids from dead list, or --all.' });
  }
  const wanted = all ? (await deadLetters.list(MOST)).map(({ id }) => id) : ids;
  let count = 0;
  for (const id of wanted) {
    if (await deadLetters.replay(id, systemClock.now())) count += 1;
    else print(`There is none with the id ${id}.`);
  }
  print(`${count} put back into the queue.`);
}
