import { setTimeout as sleep } from 'node:timers/promises';
import { answerCalls } from './child.ts';
import { type LoadResult, runLoad } from './generator.ts';
import { startLightMattermost } from './light-mattermost.ts';
import { startLightMicrosoft } from './light-microsoft.ts';
import { type Certificate, createWriter } from './notifications.ts';
import { type Latency, latency } from './statistics.ts';
import { addressee, type Population } from './users.ts';

/**
 * Everything around the sidecar, in one process of its own: Mattermost, Microsoft and the load generator, so that all times are of
 * one clock and the process that is measured has its processor for itself.
 */

/** Addresses of the peers, and the authority to trust (PEM). */
export interface Peers {
  mattermostUrl: string;
  microsoftUrl: string;
  authorityPem: string;
}

/** `count` new notifications. `follow`: wait until each of them shows in a post. */
export interface Order {
  url: string;
  count: number;
  connections: number;
  perSecond: number | null;
  follow: boolean;
}

/** `posts` only for an order that was followed: from the first request to the last post, and from due to posted. */
export interface Outcome extends LoadResult {
  posts: { seconds: number; latency: Latency; slowOnes: Latency; missing: number } | null;
}

/** Milliseconds before answers; every `slowEvery`-th user's posts take `slowMs` (0: none). */
export interface Delays {
  mattermostMs: number;
  microsoftMs: number;
  slowEvery: number;
  slowMs: number;
}

/** Requests that the peers have seen. */
export interface Seen {
  posts: number;
  microsoft: Record<string, number>;
  /** Unix milliseconds of every renewal. */
  renewals: number[];
}

const GIVE_UP_MS = 60_000;

const mattermost = await startLightMattermost();
const microsoft = await startLightMicrosoft();
const dues = new Map<number, number>();
let population: Population = { users: 0, chats: 0 };
let write: ((serial: number) => Buffer) | null = null;
let serials = 0;

answerCalls({
  peers: (): Peers => ({
    mattermostUrl: mattermost.url,
    microsoftUrl: microsoft.url,
    authorityPem: microsoft.authorityPem,
  }),
  population: (given: Population & { certificate: Certificate }) => {
    population = given;
    write = createWriter({ population, certificate: given.certificate, token: microsoft.validationToken });
  },
  delays: ({ mattermostMs, microsoftMs, slowEvery, slowMs }: Delays) => {
    const isSlow = (user: number) => slowEvery > 0 && user % slowEvery === 0;
    mattermost.delay = { ms: mattermostMs, slowMs: slowEvery > 0 ? slowMs : 0, isSlow };
    microsoft.delay.ms = microsoftMs;
  },
  seen: (): Seen => ({
    posts: mattermost.posts,
    microsoft: Object.fromEntries(microsoft.counts),
    renewals: microsoft.renewals,
  }),
  send,
});

async function send({ url, count, connections, perSecond, follow }: Order): Promise<Outcome> {
  const first = serials;
  serials += count;
  const bodies = Array.from({ length: count }, (_, index) => write?.(first + index) ?? Buffer.alloc(0));
  const started = performance.now();
  const due = (index: number, at: number) => void dues.set(first + index, at);
  const result = await runLoad({ url, bodies, connections, perSecond, due });
  return { ...result, posts: follow ? await posts({ first, count, started }) : null };
}

async function posts({ first, count, started }: { first: number; count: number; started: number }) {
  const wanted = Array.from({ length: count }, (_, index) => first + index);
  let quietSince = performance.now();
  let missing = count;
  while (missing > 0 && performance.now() - quietSince < GIVE_UP_MS) {
    const left = wanted.filter((serial) => !mattermost.arrivals.has(serial)).length;
    if (left < missing) quietSince = performance.now();
    missing = left;
    if (missing > 0) await sleep(20);
  }
  const arrived = wanted.filter((serial) => mattermost.arrivals.has(serial));
  const times = (serials: number[]) =>
    latency(serials.map((serial) => (mattermost.arrivals.get(serial) ?? 0) - (dues.get(serial) ?? 0)));
  const isSlow = (serial: number) => mattermost.delay.isSlow(addressee(population, serial).user);
  const last = arrived.reduce((latest, serial) => Math.max(latest, mattermost.arrivals.get(serial) ?? 0), started);
  return {
    seconds: (last - started) / 1000,
    latency: times(arrived.filter((serial) => !isSlow(serial))),
    slowOnes: times(arrived.filter(isSlow)),
    missing,
  };
}
