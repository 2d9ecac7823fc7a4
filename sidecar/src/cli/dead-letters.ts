import type { Config } from '../config/config.ts';
import { AppError } from '../core/errors.ts';
import { ownerKey } from '../core/owner.ts';
import { systemClock } from '../core/time.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import { NULL_LOG } from './null-log.ts';
import { print } from './prompt.ts';

/** Dead letters shown or replayed at once. */
const LIMIT = 10_000;

/** `dead list`: prints the dead letters, newest first. Works beside a running sidecar. */
export async function listDeadLetters(config: Config, json: boolean): Promise<void> {
  await using store = await openBeside(config);
  const letters = await store.deadLetters.list(LIMIT);
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
    const time = new Date(diedAt).toISOString();
    print(`${time}  ${reason}  attempts ${attempts}  connection ${ownerKey(owner)}  message ${messageId}`);
    print(`    ${id}`);
  }
}

/**
 * `dead replay`: puts dead letters back into the queue. Works beside a running sidecar.
 * @throws {AppError} bad_request when no id is given
 */
export async function replayDeadLetters(config: Config, wanted: readonly string[] | 'all'): Promise<void> {
  if (wanted.length === 0) {
    throw new AppError('bad_request', 'Nothing to replay was named.', { remedy: 'Give ids from dead list, or --all.' });
  }
  await using store = await openBeside(config);
  const ids = wanted === 'all' ? (await store.deadLetters.list(LIMIT)).map(({ id }) => id) : wanted;
  let count = 0;
  for (const id of ids) {
    if (await store.deadLetters.replay(id, systemClock.now())) count += 1;
    else print(`There is none with the id ${id}.`);
  }
  print(`${count} put back into the queue.`);
}

async function openBeside({ databaseUrl, dataDir }: Config): Promise<Store & AsyncDisposable> {
  const store = await openStore({ url: databaseUrl, dataDir, log: NULL_LOG, beside: true });
  return { ...store, [Symbol.asyncDispose]: store.close };
}
