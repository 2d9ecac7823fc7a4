import { setTimeout as sleep } from 'node:timers/promises';
import type { Stage } from '../../playground/stage.ts';
import type { Dice } from './dice.ts';
import type { Replicas } from './replicas.ts';
import type { Traffic } from './traffic.ts';

/** What a pause needs. */
export interface PauseDeps {
  stage: Stage;
  replicas: Replicas;
  traffic: Traffic;
  dice: Dice;
  leaseSeconds: number;
  say(line: string): void;
}

/** So slow that a replica has more to post than it has connections to Mattermost. */
const SLOW_MS = 6_000;
/** Connections of one sidecar to Mattermost. */
const CONNECTIONS = 64;
/** Microsoft's longest wait before it tries again, after a few refusals. */
const RETRY_MS = 60_000;

/**
 * One replica sleeps for longer than its lease, wakes up, and goes on with what others have taken over meanwhile. All chats have got a
 * message at the same moment, so it falls asleep with posts decided on that it has not sent yet; and when it wakes, Mattermost has
 * forgotten the `pending_post_id`s: only lease and fence can then keep two posts from standing there.
 */
export async function pauseOne(deps: PauseDeps): Promise<void> {
  const { stage, replicas, traffic, dice, leaseSeconds, say } = deps;
  const sleeper = dice.pick(replicas.victims());
  const endSparing = replicas.spare(sleeper);
  // Knows every chat from now on, and does not ask Microsoft again.
  await traffic.writeToAll();
  replicas.gate.open = false;
  await traffic.writeToAll();
  await stage.mattermost.post('/playground/faults', { kind: 'slow', path: 'POST /posts', ms: SLOW_MS });
  const before = await countPosts(stage);
  replicas.gate.open = true;
  await stage.microsoft.post('/playground/clock', { advanceMs: RETRY_MS });
  const until = Date.now() + SLOW_MS;
  const enough = CONNECTIONS * replicas.running().length * 0.9;
  while ((await countPosts(stage)) - before < enough && Date.now() < until) await sleep(50);
  sleeper.pause();
  say(`a replica is paused, ${(await countPosts(stage)) - before} posts are on their way`);
  await sleep(SLOW_MS);
  await stage.mattermost.delete('/playground/faults');
  await sleep(leaseSeconds * 1_000 * 1.2);
  await stage.mattermost.post('/playground/restart');
  sleeper.resume();
  endSparing();
  say('the paused replica goes on');
}

async function countPosts(stage: Stage): Promise<number> {
  return (await stage.mattermost.get<Record<string, number>>('/playground/requests'))['POST /posts'] ?? 0;
}
