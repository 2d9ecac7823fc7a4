import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENT_ID, CLIENT_SECRET } from '../../playground/sample.ts';
import { freePort, type SidecarProcess, startSidecar } from '../../playground/sidecar-process.ts';
import { type Child, startChild } from './child.ts';
import { type DatabaseKind, makePlace, type Place } from './database.ts';
import type { FloorSettings } from './floor.ts';
import type { Delays, Order, Outcome, Peers, Seen } from './peers.ts';
import { type Seed, seedDatabase } from './seed.ts';
import { type Population, PUBLIC_URL, TENANT } from './users.ts';

/** A seeded sidecar among light peers, and beside it the floor on a database of the same kind. */
export interface BenchSidecar {
  sidecar: SidecarProcess;
  place: Place;
  /** Milliseconds from the start of the process until it was ready. */
  startMs: number;
  floorUrl: string;
  send(order: Omit<Order, 'url'>, url?: string): Promise<Outcome>;
  delays(delays: Partial<Delays>): Promise<void>;
  seen(): Promise<Seen>;
  /** `/metrics` by name with labels. */
  metrics(): Promise<Map<string, number>>;
  /** Processor seconds used so far. */
  cpu(of: 'sidecar' | 'floor'): Promise<number>;
  close(): Promise<void>;
}

export interface BenchSidecarOptions extends Population {
  kind: DatabaseKind;
  renewedAgo?: number;
  held?: boolean;
  /** Arguments for the sidecar's Node. */
  nodeArguments?: string[];
}

const NO_DELAYS: Delays = { mattermostMs: 0, microsoftMs: 0, slowEvery: 0, slowMs: 0 };

/** Starts everything. What was started is stopped again when a later step fails. */
export async function startBenchSidecar(options: BenchSidecarOptions): Promise<BenchSidecar> {
  await using stack = new AsyncDisposableStack();
  const place = makePlace(options.kind);
  stack.defer(place.remove);
  const peersProcess = child(stack, './peers.ts');
  const peers = await peersProcess.call<Peers>('peers');
  const { users, chats, renewedAgo = 0, held = false } = options;
  const seed: Seed = { users, chats, renewedAgo, held };
  const { privateKeyPem, ...certificate } = await seedDatabase(place, peers, seed);
  await peersProcess.call('population', { users, chats, certificate });

  const floor = child(stack, './floor.ts');
  const { dataDir, databaseUrl } = place;
  const { mattermostUrl } = peers;
  const floorSettings: FloorSettings = { dataDir, databaseUrl, mattermostUrl, privateKeyPem };
  const floorUrl = await floor.call<string>('start', floorSettings);

  const started = performance.now();
  const env = { ...settings(place, peers), PORT: String(await freePort()) };
  const sidecar = await startSidecar({ env, nodeArguments: options.nodeArguments ?? [] });
  stack.defer(async () => void (await sidecar.stop()));
  const startMs = performance.now() - started;
  const metrics = () => readMetrics(sidecar.url);
  const releases = stack.move();
  return {
    sidecar,
    place,
    startMs,
    floorUrl,
    metrics,
    send: (order, url = `${sidecar.url}/graph/notifications`) => peersProcess.call<Outcome>('send', { ...order, url }),
    delays: (delays) => peersProcess.call('delays', { ...NO_DELAYS, ...delays }),
    seen: () => peersProcess.call<Seen>('seen'),
    cpu: async (of) =>
      of === 'floor' ? floor.call<number>('cpuSeconds') : ((await metrics()).get('process_cpu_seconds_total') ?? 0),
    close: () => releases.disposeAsync(),
  };
}

function child(stack: AsyncDisposableStack, file: string): Child {
  const started = startChild(file);
  stack.defer(() => started.close());
  return started;
}

function settings(place: Place, peers: Peers): Record<string, string> {
  const caFile = join(place.dataDir, 'authority.pem');
  writeFileSync(caFile, peers.authorityPem);
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    MATTERMOST_URL: peers.mattermostUrl,
    MATTERMOST_BOT_TOKEN: 'token',
    MATTERMOST_COMMAND_TOKEN: 'a'.repeat(26),
    MICROSOFT_TENANT_ID: TENANT,
    MICROSOFT_CLIENT_ID: CLIENT_ID,
    MICROSOFT_CLIENT_SECRET: CLIENT_SECRET,
    MICROSOFT_AUTHORITY_URL: peers.microsoftUrl,
    GRAPH_URL: peers.microsoftUrl,
    TEAMS_URL: peers.microsoftUrl,
    PUBLIC_URL,
    DATA_DIR: place.dataDir,
    LOG_LEVEL: 'info',
    ...(place.databaseUrl === null ? {} : { DATABASE_URL: place.databaseUrl }),
  };
}

async function readMetrics(url: string): Promise<Map<string, number>> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
  );
}

/** The sum over all metrics whose name with labels contains every one of the words. */
export function total(metrics: Map<string, number>, ...words: string[]): number {
  const found = [...metrics].filter(([name]) => words.every((word) => name.includes(word)));
  return found.reduce((sum, [, value]) => sum + value, 0);
}
