import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../playground/environment.ts';
import type { OwnDatabase } from '../support/postgres.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

/** What can go wrong around the sidecar while it is being killed. */
export interface Faults {
  /** What stays wrong all the time: every notification comes twice, and out of order. */
  begin(): Promise<void>;
  /** One more thing goes wrong, drawn from the random; resolves when it is over. Returns its name. */
  next(): Promise<string>;
  /** All is well again. */
  end(): Promise<void>;
}

const POST = 'POST /posts';
const EDIT = 'PUT /posts/:post_id/patch';

/** `database` is null for the embedded one: its only faults is the process around it. */
export function createFaults(environment: Environment, random: SeededRandom, database: OwnDatabase | null): Faults {
  const { mattermost, microsoft } = environment;
  const mattermostFault = (fault: object) => mattermost.post('/playground/faults', fault);
  const disorder = async () => {
    await microsoft.post('/playground/faults', { kind: 'duplicate', copies: 2 });
    await microsoft.post('/playground/faults', { kind: 'reorder', window: 8 });
  };
  const loseAnswers = async () => {
    await mattermostFault({ kind: 'lose_answer', path: POST, times: random.between(2, 6) });
    await mattermostFault({ kind: 'lose_answer', path: EDIT, times: random.between(1, 4) });
  };
  const kinds: Record<string, () => Promise<unknown>> = {
    'answers lost': loseAnswers,
    'answers lost, Mattermost restarted': async () => {
      await loseAnswers();
      await sleep(random.between(100, 1_000));
      await mattermost.post('/playground/restart');
    },
    'Mattermost down': async () => {
      await mattermostFault({ kind: 'down' });
      await sleep(random.between(500, 4_000));
      await mattermost.delete('/playground/faults');
    },
    'Mattermost slow and throttling': async () => {
      await mattermostFault({ kind: 'slow', path: POST, ms: 400, times: 20 });
      await mattermostFault({ kind: 'throttle', path: POST, retryAfterSeconds: 1, times: 5 });
    },
    'Mattermost failing': () => mattermostFault({ kind: 'error', path: POST, status: 500, times: 10 }),
    'Graph down': async () => {
      await microsoft.post('/playground/faults', { kind: 'error', status: 503 });
      await sleep(random.between(500, 4_000));
      await microsoft.delete('/playground/faults');
      await disorder();
    },
    ...(database ? { 'database connections cut': () => database.cutConnections() } : {}),
    ...(database?.restart ? { 'database restarted': database.restart } : {}),
  };
  return {
    begin: disorder,
    next: async () => {
      const name = random.pick(Object.keys(kinds));
      await kinds[name]?.();
      return name;
    },
    end: async () => {
      await mattermost.delete('/playground/faults');
      await microsoft.delete('/playground/faults');
    },
  };
}
