import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../playground/environment.ts';
import type { OwnDatabase } from '../support/postgres.ts';
import type { Replicas } from '../support/replicas.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import type { Traffic } from './traffic.ts';

/** What a pause needs. */
export interface PauseDeps {
  environment: Environment;
  replicas: Replicas;
  traffic: Traffic;
  database: OwnDatabase;
  random: SeededRandom;
  leaseSeconds: number;
  say(line: string): void;
}

/** Microsoft's longest wait before it tries again, after a few refusals. */
const RETRY_MS = 60_000;
/** Waiting for more intents than this would not show more. */
const ENOUGH = 25;
const LONGEST_HOLD_MS = 6_000;

/**
 * One replica sleeps for longer than its lease, wakes up, and continues with work that others have taken over meanwhile. All chats have got a
 * message at the same moment, and it falls asleep while it writes down that it is going to post some of them: when it wakes, it reads that
 * it may, and Mattermost has forgotten the `pending_post_id`s. Only lease and fencing token can then prevent a second post.
 */
export async function pauseOne(deps: PauseDeps): Promise<void> {
  const { environment, replicas, traffic, database, random, leaseSeconds, say } = deps;
  const sleeper = random.pick(replicas.victims());
  const endSparing = replicas.spare(sleeper);
  // Knows every chat from now on, and does not ask Microsoft again.
  await traffic.writeToAll();
  replicas.gate.open = false;
  await traffic.writeToAll();
  const intents = await database.holdIntents();
  replicas.gate.open = true;
  await environment.microsoft.post('/playground/clock', { advanceMs: RETRY_MS });
  const until = Date.now() + LONGEST_HOLD_MS;
  while ((await intents.waiting()) < ENOUGH && Date.now() < until) await sleep(50);
  sleeper.pause();
  say(`a replica is paused, ${await intents.waiting()} posts are about to be sent`);
  await intents.release();
  await sleep(leaseSeconds * 1_000 * 1.2);
  await environment.mattermost.post('/playground/restart');
  sleeper.resume();
  endSparing();
  say('the paused replica goes on');
}
