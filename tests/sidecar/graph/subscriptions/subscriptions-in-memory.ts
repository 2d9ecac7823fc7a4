import { randomUUID } from 'node:crypto';
import { CONTOSO } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { createJobRunner } from '../../../../sidecar/src/core/job-runner.ts';
import type { Log } from '../../../../sidecar/src/core/log.ts';
import { ownerKey } from '../../../../sidecar/src/core/owner.ts';
import type { Subscription } from '../../../../sidecar/src/core/ports/subscriptions.ts';
import { MINUTE, SECOND } from '../../../../sidecar/src/core/time.ts';
import type { Connection } from '../../../../sidecar/src/core/types.ts';
import { createGraphClient } from '../../../../sidecar/src/graph/client/client.ts';
import { createSubscriptionManager } from '../../../../sidecar/src/graph/subscriptions/manager.ts';
import type {
  SubscriptionManager,
  SubscriptionManagerDeps,
} from '../../../../sidecar/src/graph/subscriptions/types.ts';
import { connection, OID } from '../../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import { type Answer, type ReceivedRequest, startHttps } from '../../../support/servers.ts';
import { createMemoryLeases } from '../../core/jobs-in-memory.ts';

/** A subscription in the small Graph of these tests. */
export interface GraphSide {
  id: string;
  resource: string;
  notificationUrl: string;
  lifecycleNotificationUrl: string;
  clientState: string;
  encryptionCertificateId: string;
  expirationDateTime: string;
}

/** As much of Graph's subscriptions as the subscription manager uses; `fail` answers in its stead once it returns something. */
export function createGraphSide() {
  const subscriptions = new Map<string, GraphSide>();
  const state = { fail: (_seen: ReceivedRequest): Answer | null => null, conflictNamesId: true };
  function post(body: GraphSide): Answer {
    const twin = [...subscriptions.values()].find(({ resource }) => resource === body.resource);
    if (twin) {
      const message = state.conflictNamesId
        ? `Subscription Id ${twin.id} already exists for the requested combination`
        : 'A subscription already exists.';
      return { status: 409, body: { error: { code: 'Conflict', message } } };
    }
    const made = { ...body, id: randomUUID() };
    subscriptions.set(made.id, made);
    return { status: 201, body: made };
  }
  function one(method: string, id: string, body: Partial<GraphSide>): Answer {
    const known = subscriptions.get(id);
    if (!known) return { status: 404, body: { error: { code: 'ResourceNotFound', message: 'gone' } } };
    if (method === 'DELETE') return subscriptions.delete(id) ? { status: 204 } : { status: 500 };
    subscriptions.set(id, { ...known, ...body });
    return { status: 200, body: { ...known, ...body, clientState: null } };
  }
  function handle(seen: ReceivedRequest): Answer {
    const failure = state.fail(seen);
    if (failure) return failure;
    const id = /^\/v1\.0\/subscriptions\/([^/?]+)$/.exec(seen.path)?.[1];
    if (id) return one(seen.method, id, seen.body ? JSON.parse(seen.body) : {});
    return seen.method === 'POST' ? post(JSON.parse(seen.body)) : { body: { value: [...subscriptions.values()] } };
  }
  return { subscriptions, state, handle };
}

/** The store's table, in memory. */
export function createRows(connections: Map<string, Connection>) {
  const rows = new Map<string, Subscription>();
  const subscriptions: SubscriptionManagerDeps['subscriptions'] = {
    save: async (row) => void rows.set(row.id, row),
    find: async (id) => rows.get(id) ?? null,
    byOwner: async (owner) => [...rows.values()].filter((row) => ownerKey(row.owner) === ownerKey(owner)),
    dueBefore: async (before, limit) =>
      [...rows.values()]
        .filter((row) => row.renewedAt < before && connections.get(ownerKey(row.owner))?.state === 'connected')
        .slice(0, limit),
    setRenewed: async ({ id, ...change }) => {
      const row = rows.get(id);
      if (row) rows.set(id, { ...row, ...change });
    },
    remove: async (id) => void rows.delete(id),
    all: async () => [...rows.values()],
  };
  return { rows, subscriptions };
}

/** Runs the renewal job every 15 seconds of the clock; the answer ends it. */
export function running({
  manager,
  clock,
  log,
}: {
  manager: SubscriptionManager;
  clock: FakeClock;
  log: Log;
}): () => Promise<void> {
  const stop = new AbortController();
  const { leases } = createMemoryLeases();
  const runner = createJobRunner({ leases, holder: 'one', clock, random: () => 0, log });
  const done = runner.run(
    [{ name: 'renewals', every: 15 * SECOND, scope: 'leader', leaseMs: 2 * MINUTE, run: manager.renew }],
    stop.signal,
  );
  return async () => {
    stop.abort();
    await done;
  };
}

/** The subscription manager against the small Graph. */
export async function setUpManager(changes: Partial<SubscriptionManagerDeps> = {}) {
  const graph = createGraphSide();
  const server = await startHttps(graph.handle);
  const clock = createFakeClock();
  const log = createTestLog();
  const alice = connection({ id: 'c1', oid: OID });
  const connections = new Map([[alice.id, alice]]);
  const { rows, subscriptions } = createRows(connections);
  const tokens: Array<[id: string, minValidMs: number | undefined]> = [];
  const keys = { current: 'cert-1' };
  const client = createGraphClient({
    graphUrl: server.url,
    clock,
    metrics: createTestMetrics(),
    dispatcher: server.dispatcher,
    // The clock stands still here; limits have their own tests.
    limiter: { acquire: async () => {}, pause: () => {}, adopt: () => {} },
  });
  const lost: string[] = [];
  const deps: SubscriptionManagerDeps = {
    feed: 'personal',
    tid: CONTOSO,
    mayHaveLost: async (owner) => void lost.push(ownerKey(owner)),
    subscriptions,
    connections: {
      find: async (id) => connections.get(id) ?? null,
      list: async ({ afterId, limit }) =>
        [...connections.values()].filter(({ id }) => afterId === null || id > afterId).slice(0, limit),
    },
    tokenFor: async (owner, minValidMs) => {
      tokens.push([ownerKey(owner), minValidMs]);
      if (owner.kind === 'connection' && connections.get(owner.id)?.state !== 'connected')
        throw new AppError('reconnect_needed', 'signed out');
      return `token of ${ownerKey(owner)}`;
    },
    client,
    certificates: { current: async () => ({ id: keys.current, certificate: `DER of ${keys.current}` }) },
    publicUrl: 'https://sidecar.example',
    clock,
    random: () => 0,
    log,
    ...changes,
  };
  const requests = () => server.seen.map(({ method }) => method);
  return {
    manager: createSubscriptionManager(deps),
    deps,
    graph,
    server,
    clock,
    log,
    alice,
    connections,
    rows,
    tokens,
    keys,
    lost,
    requests,
  };
}
