import { randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Environment, openEnvironment } from '../../playground/environment.ts';
import { readMetric } from '../../playground/metrics.ts';
import type { OwnDatabase } from '../support/postgres.ts';
import { createReplicas, type Replicas } from '../support/replicas.ts';
import { createSeededRandom, type SeededRandom } from '../support/seeded-random.ts';
import { createFaults, type Faults } from './faults.ts';
import { pauseOne } from './pause.ts';
import { connectPopulation } from './readers.ts';
import { isFlawless } from './summary.ts';
import { createTraffic, type Traffic } from './traffic.ts';
import { type Verdict, verify } from './verify.ts';

export interface ChaosOptions {
  seed: number;
  /** Times a sidecar is ended with SIGKILL. */
  kills: number;
  /** Notifications of new messages, one for each connected member of the chat. */
  messages: number;
  users: number;
  chats: number;
  /** Sidecars on the one database; more than one needs `database`. */
  replicas: number;
  /** Null: the embedded database. */
  database: OwnDatabase | null;
  /** How long a chat stays with a sidecar that gives no sign of life; one of several is paused for longer than this. */
  leaseSeconds: number;
  say(line: string): void;
}

const KILLS_PER_PAUSE = 25;
const SETTLE_MS = 10 * 60_000;

/** Plays the whole thing once and says what came of it. Error: the notifications are not worked off in the end. */
export async function runChaos(options: ChaosOptions): Promise<Verdict> {
  const { seed, database, say } = options;
  const random = createSeededRandom(seed);
  await using stack = new AsyncDisposableStack();
  const environment = await openEnvironment({
    ...(database ? { databaseUrl: database.url } : {}),
    env: {
      LEASE_SECONDS: String(options.leaseSeconds),
      ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
      LOG_LEVEL: 'warn',
    },
    // A sidecar that is dead half of the time must not be judged a slow one and have its notifications dropped.
    microsoft: { retryBaseMs: 100, evaluateAfter: Number.MAX_SAFE_INTEGER },
  });
  stack.defer(() => environment.close());
  const replicas = stack.use(
    await createReplicas(environment, { count: options.replicas, env: {}, random: createSeededRandom(seed) }),
  );
  await replicas.startAll(true);
  const population = await connectPopulation(environment, random, options);
  say(`${population.readers.length} users are connected, ${population.chats.length} chats.`);
  const traffic = createTraffic(environment, population, createSeededRandom(seed + 1));
  const faults = createFaults(environment, createSeededRandom(seed + 2), database);
  await killRepeatedly({ ...options, random, environment, replicas, traffic, faults });
  await faults.end();
  await replicas.startAll(true);
  await settle(environment, replicas);
  const codes = await replicas.stop();
  if (codes.some((code) => code !== 0)) throw new Error(`A sidecar ended with ${codes.join(', ')} at SIGTERM.`);
  const verdict = await verify(environment, population, traffic.messages);
  if (!isFlawless(verdict)) say(`What the sidecars said: ${keepOutput(replicas)}`);
  return verdict;
}

/** One file for each process there was. Returns the folder. */
function keepOutput({ all }: Replicas): string {
  const folder = mkdtempSync(join(tmpdir(), 'chaos-'));
  all.forEach((one, index) => {
    writeFileSync(join(folder, `${index}-${one.pid}.log`), one.output());
  });
  return folder;
}

interface Play extends Omit<ChaosOptions, 'replicas'> {
  random: SeededRandom;
  environment: Environment;
  replicas: Replicas;
  traffic: Traffic;
  faults: Faults;
}

/** One kill after another, at a random moment after a start, while people write and other things fail. */
async function killRepeatedly(play: Play): Promise<void> {
  const { kills, messages, replicas, traffic, faults, random, say } = play;
  await faults.begin();
  const pauses = play.database && replicas.all.length > 1 ? pauseSome(play, play.database) : Promise.resolve();
  for (let kill = 1; kill <= kills; kill += 1) {
    // Now and then the next one dies while it starts.
    await replicas.startAll(random.next() < 0.8);
    const writing = traffic.writeUntil(Math.round((messages * kill) / kills));
    const failing = random.next() < 0.7 ? faults.next() : Promise.resolve('nothing else');
    await sleep(random.between(0, 2_000));
    await random.pick(replicas.victims()).kill();
    await writing;
    say(`kill ${kill} of ${kills}, ${traffic.notifications()} notifications, ${await failing}`);
  }
  await pauses;
}

/** One pause for every twenty-five kills. */
async function pauseSome(play: Play, database: OwnDatabase): Promise<void> {
  for (let left = Math.ceil(play.kills / KILLS_PER_PAUSE); left > 0; left -= 1) {
    await sleep(play.random.between(500, 3_000));
    await pauseOne({ ...play, database });
  }
}

/** Until Microsoft has nothing left to send and nothing waits in the inbox. */
async function settle(environment: Environment, replicas: Replicas): Promise<void> {
  const giveUpAt = Date.now() + SETTLE_MS;
  while ((await underWay(environment, replicas)) > 0) {
    if (Date.now() > giveUpAt) throw new Error('The notifications are not worked off.');
    await sleep(500);
    // Retries that Microsoft has put off come at once.
    await environment.microsoft.post('/playground/clock', { advanceMs: 2_000 });
  }
}

async function underWay(environment: Environment, replicas: Replicas): Promise<number> {
  const { queued, inFlight, held } =
    await environment.microsoft.get<Record<string, number>>('/playground/notifications');
  const [sidecar] = replicas.running();
  const inbox = sidecar ? await readMetric(sidecar.url, 'inbox_items') : 0;
  return (queued ?? 0) + (inFlight ?? 0) + (held ?? 0) + inbox;
}
