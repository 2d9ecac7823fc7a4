import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';
import { type Latency, latency } from './statistics.ts';

/** What came of a load: `statuses` counts answers; `seconds` from the first request to the last answer. */
export interface LoadResult {
  sent: number;
  seconds: number;
  statuses: Record<string, number>;
  answer: Latency;
}

/** `url` with path; `bodies` are sent once each. */
export interface Load {
  url: string;
  bodies: readonly Buffer[];
  connections: number;
  /** Requests a second; null: as fast as the connections answer. */
  perSecond: number | null;
  /** Called with the index of a body when it was due. */
  due(index: number, at: number): void;
}

/**
 * Sends the bodies. With a rate, each is due at its time whatever the answers do, and its latency counts from then: a server that
 * stalls is not spared the requests that come meanwhile.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { origin, pathname } = new URL(load.url);
  const pool = new Pool(origin, { connections: load.connections });
  const statuses: Record<string, number> = {};
  const times: number[] = [];

  async function send(index: number, dueAt: number): Promise<void> {
    load.due(index, dueAt);
    const status = await post(pool, pathname, load.bodies[index] as Buffer);
    statuses[status] = (statuses[status] ?? 0) + 1;
    times.push(performance.now() - dueAt);
  }

  const started = performance.now();
  await (load.perSecond === null ? closedLoop(load, send) : openLoop(load, load.perSecond, send));
  const seconds = (performance.now() - started) / 1000;
  await pool.close();
  return { sent: load.bodies.length, seconds, statuses, answer: latency(times) };
}

type Send = (index: number, dueAt: number) => Promise<void>;

async function closedLoop({ bodies, connections }: Load, send: Send): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < bodies.length) await send(next++, performance.now());
  };
  await Promise.all(Array.from({ length: connections }, one));
}

async function openLoop({ bodies }: Load, perSecond: number, send: Send): Promise<void> {
  const started = performance.now();
  const answers: Promise<void>[] = [];
  while (answers.length < bodies.length) {
    const dueAt = started + (answers.length * 1000) / perSecond;
    const wait = dueAt - performance.now();
    if (wait > 1) await sleep(wait);
    answers.push(send(answers.length, dueAt));
  }
  await Promise.all(answers);
}

async function post(pool: Pool, path: string, body: Buffer): Promise<string> {
  try {
    const response = await pool.request({
      path,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    await response.body.dump();
    return String(response.statusCode);
  } catch (error) {
    return error instanceof Error ? error.name : 'error';
  }
}
