import type { FastifyInstance } from 'fastify';
import type { MovableClock } from '../clock.ts';
import type { FanOut } from '../delivery/fan-out.ts';
import type { Post } from '../delivery/http.ts';
import type { Ledger } from '../delivery/ledger.ts';
import type { Keys } from '../keys.ts';
import { Problem } from '../problem.ts';
import type { Lifetime } from '../subscriptions/lifetime.ts';
import type { Registry } from '../subscriptions/registry.ts';
import type { Json, Subscription } from '../types.ts';

const FLUSH_LIMIT = 30_000;
const TEXT = { type: 'string' };
const LIFECYCLE = {
  type: 'object',
  required: ['subscriptionId', 'event'],
  properties: { subscriptionId: TEXT, event: TEXT },
};
const NOTIFY = { type: 'object', required: ['to', 'body'], properties: { to: TEXT } };
const SIGN = {
  type: 'object',
  required: ['claims'],
  properties: { claims: { type: 'object' }, key: { enum: ['real', 'wrong'] } },
};

/** What watching and forging notifications needs. */
export interface DeliveryControlDeps {
  clock: MovableClock;
  keys: Keys;
  registry: Registry;
  lifetime: Lifetime;
  ledger: Ledger;
  fanOut: FanOut;
  post: Post;
}

/** Control of subscriptions and notifications. */
export function deliveryControl(server: FastifyInstance, deps: DeliveryControlDeps): void {
  const { ledger, registry, lifetime, fanOut } = deps;
  server.get('/playground/subscriptions', () => ({ value: registry.all().map((one) => view(one, deps.clock)) }));
  server.delete<{ Params: { id: string } }>('/playground/subscriptions/:id', ({ params }, reply) => {
    lifetime.end(find(registry, params.id), true);
    return reply.code(204).send();
  });
  server.post<{ Body: { subscriptionId: string; event: string } }>(
    '/playground/lifecycle',
    { schema: { body: LIFECYCLE } },
    ({ body }, reply) => {
      fanOut.lifecycle(find(registry, body.subscriptionId), body.event);
      return reply.code(202).send();
    },
  );
  server.get<{ Querystring: { chat?: string; message?: string; items?: string } }>(
    '/playground/notifications',
    ({ query }) => {
      const isFiltered = query.chat !== undefined || query.message !== undefined || query.items !== undefined;
      return { ...ledger.counts(), ...(isFiltered ? { items: ledger.find(query) } : {}) };
    },
  );
  server.post('/playground/flush', async () => {
    const giveUpAt = Date.now() + FLUSH_LIMIT;
    const isBusy = () => (ledger.counts().queued ?? 0) + (ledger.counts().inFlight ?? 0) > 0;
    while (isBusy() && Date.now() < giveUpAt) await new Promise((resolve) => setTimeout(resolve, 20));
    return { flushed: !isBusy(), ...ledger.counts() };
  });
  server.post<{ Body: { to: string; body: unknown } }>(
    '/playground/notify',
    { schema: { body: NOTIFY } },
    async ({ body }) => {
      const text = typeof body.body === 'string' ? body.body : JSON.stringify(body.body);
      const answer = await deps.post({ url: body.to, body: text, type: 'application/json', timeoutMs: 10_000 });
      return { status: answer.status, body: answer.body };
    },
  );
  server.get('/playground/last-notification', () => {
    const last = ledger.last();
    if (!last) throw new Problem(404, 'No notification was sent yet.');
    return { url: last.url, body: JSON.parse(last.body) as Json };
  });
  server.post<{ Body: { claims: Json; key?: 'real' | 'wrong' } }>(
    '/playground/sign',
    { schema: { body: SIGN } },
    async ({ body }) => ({
      token: await deps.keys.sign(body.claims, body.key),
    }),
  );
}

function find(registry: Registry, id: string): Subscription {
  const subscription = registry.get(id);
  if (!subscription) throw new Problem(404, `There is no subscription with the id ${id}.`);
  return subscription;
}

function view(subscription: Subscription, clock: MovableClock): object {
  const { certificate, changeTypes: _types, expiresAt, tokenExpiresAt, ...rest } = subscription;
  return {
    ...rest,
    certificate: certificate && { id: certificate.id, thumbprint: certificate.thumbprint },
    expirationDateTime: new Date(clock.toOutside(expiresAt)).toISOString(),
    tokenExpirationDateTime: new Date(clock.toOutside(tokenExpiresAt)).toISOString(),
    isDelivering: tokenExpiresAt > clock.now(),
  };
}
