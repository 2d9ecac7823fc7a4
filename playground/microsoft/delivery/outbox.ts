import type { MovableClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Registry } from '../subscriptions/registry.ts';
import type { MicrosoftOptions } from '../types.ts';
import { reversed, toBody, tryPost } from './batch.ts';
import { createHealth, type Health } from './health.ts';
import type { Post } from './http.ts';
import type { Item } from './item.ts';
import type { Ledger } from './ledger.ts';
import type { ValidationTokens } from './validation-tokens.ts';

const FIRST_DEADLINE = 3_000;
const RETRY_DEADLINE = 10_000;
const GIVE_UP_AFTER = 4 * 3_600_000;
const LONGEST_BACKOFF = 30 * 60_000;
const SLOW_DELAY = 10 * 60_000;
const PARALLEL = 32;
const REORDER_WAIT = 100;

/** What delivering needs. */
export interface OutboxDeps {
  clock: MovableClock;
  faults: Faults;
  registry: Registry;
  ledger: Ledger;
  post: Post;
  tokens: ValidationTokens;
  options: MicrosoftOptions;
}

/** Sends items to their endpoints in batches, again and again for four hours. */
export interface Outbox {
  put(item: Item): void;
  /** Goes on with what waited for this subscription's token. */
  release(subscriptionId: string): void;
}

interface Endpoint {
  url: string;
  queue: Item[];
  inFlight: number;
  isScheduled: boolean;
  health: Health;
}

interface State extends OutboxDeps {
  endpoints: Map<string, Endpoint>;
  /** What waits for a fresh token, by subscription. */
  held: Map<string, Item[]>;
}

/** An empty outbox. */
export function createOutbox(deps: OutboxDeps): Outbox {
  const state: State = { ...deps, endpoints: new Map(), held: new Map() };
  const { clock, ledger } = deps;
  return {
    put: (item) => {
      ledger.add(item);
      const treatment = endpointOf(state, item.url).health.state(clock.now());
      if (treatment === 'drop') lose(state, item, 'The endpoint answers too slowly: notifications are dropped.');
      else if (treatment === 'slow') clock.at(clock.now() + SLOW_DELAY, () => enqueue(state, item));
      else enqueue(state, item);
    },
    release: (subscriptionId) => {
      const items = state.held.get(subscriptionId) ?? [];
      state.held.delete(subscriptionId);
      for (const item of items) {
        if (item.status !== 'held') continue;
        ledger.mark(item, 'queued');
        enqueue(state, item);
      }
    },
  };
}

function endpointOf({ endpoints, options }: State, url: string): Endpoint {
  const known = endpoints.get(url);
  if (known) return known;
  const health = createHealth(options.evaluateAfter ?? 100);
  const endpoint: Endpoint = { url, queue: [], inFlight: 0, isScheduled: false, health };
  endpoints.set(url, endpoint);
  return endpoint;
}

function enqueue(state: State, item: Item): void {
  if (item.status !== 'queued') return;
  const endpoint = endpointOf(state, item.url);
  endpoint.queue.push(item);
  schedule(state, endpoint);
}

/** Waits a moment, so that what happens at once for several subscribers travels in one POST. */
function schedule(state: State, endpoint: Endpoint): void {
  if (endpoint.isScheduled) return;
  endpoint.isScheduled = true;
  const run = () => {
    endpoint.isScheduled = false;
    pump(state, endpoint);
  };
  if (state.faults.peek('reorder')) setTimeout(run, REORDER_WAIT);
  else setImmediate(run);
}

function pump(state: State, endpoint: Endpoint): void {
  const reorder = state.faults.take('reorder');
  if (reorder) endpoint.queue = reversed(endpoint.queue, Number(reorder.window ?? endpoint.queue.length));
  while (endpoint.inFlight < PARALLEL && endpoint.queue.length > 0) {
    const batch = takeBatch(state, endpoint);
    if (batch.length === 0) continue;
    endpoint.inFlight += 1;
    void deliver(state, endpoint, batch).finally(() => {
      endpoint.inFlight -= 1;
      if (endpoint.queue.length > 0) schedule(state, endpoint);
    });
  }
}

function takeBatch(state: State, endpoint: Endpoint): Item[] {
  const isRetry = (endpoint.queue[0]?.attempts.length ?? 0) > 0;
  const batch: Item[] = [];
  while (batch.length < (state.options.batchSize ?? 20) && endpoint.queue[0]) {
    // First tries and retries have different deadlines and do not share a POST.
    if (endpoint.queue[0].attempts.length > 0 !== isRetry) break;
    const item = endpoint.queue.shift();
    if (item && isDeliverable(state, item)) batch.push(item);
  }
  return batch;
}

function isDeliverable(state: State, item: Item): boolean {
  const { clock, held, ledger, registry } = state;
  if (item.status !== 'queued') return false;
  if (item.kind === 'lifecycle') return true;
  if (!registry.get(item.subscription.id)) {
    lose(state, item, 'The subscription is gone.');
    return false;
  }
  if (item.subscription.tokenExpiresAt > clock.now()) return true;
  ledger.mark(item, 'held');
  held.set(item.subscription.id, [...(held.get(item.subscription.id) ?? []), item]);
  clock.at(item.queuedAt + GIVE_UP_AFTER, () => {
    if (item.status === 'held') lose(state, item, 'The token behind the subscription was over for four hours.');
  });
  return false;
}

function lose({ ledger }: State, item: Item, reason: string): void {
  ledger.mark(item, 'lost', reason);
}

async function deliver(state: State, endpoint: Endpoint, batch: Item[]): Promise<void> {
  const { faults, ledger, clock } = state;
  for (const item of batch) ledger.mark(item, 'inFlight');
  const delay = faults.take('delay', { operations: ['notification'], named: true });
  if (delay) await new Promise((resolve) => setTimeout(resolve, Number(delay.ms)));
  const isRetry = batch.some((item) => item.attempts.length > 0);
  const body = await toBody(batch, state.tokens);
  ledger.sent(endpoint.url, body);
  const startedAt = Date.now();
  const timeoutMs = isRetry ? RETRY_DEADLINE : FIRST_DEADLINE;
  const result = await tryPost(state.post, { url: endpoint.url, body, type: 'application/json', timeoutMs });
  const milliseconds = Date.now() - startedAt;
  endpoint.health.record(milliseconds, clock.now());
  const at = new Date().toISOString();
  for (const item of batch) {
    item.attempts.push({ at, result, milliseconds });
    settle(state, item, result);
  }
}

function settle(state: State, item: Item, result: number | string): void {
  const { clock, ledger, options } = state;
  if (typeof result === 'number' && result >= 200 && result < 300) {
    ledger.mark(item, 'acknowledged');
    return;
  }
  ledger.refused();
  const wait = Math.min((options.retryBaseMs ?? 5_000) * 2 ** (item.attempts.length - 1), LONGEST_BACKOFF);
  if (clock.now() + wait > item.queuedAt + GIVE_UP_AFTER) {
    lose(state, item, 'Not accepted for four hours.');
    return;
  }
  ledger.mark(item, 'queued');
  clock.at(clock.now() + wait, () => enqueue(state, item));
}
