import type { FastifyInstance } from 'fastify';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import { AppError } from './core/errors.ts';
import type { Metrics } from './core/metrics.ts';
import type { Backlog } from './core/ports/queue.ts';
import { constantTimeEqual } from './core/secrets.ts';

/** The metrics port with its Prometheus output. */
export interface MetricsRegistry extends Metrics {
  /** Prometheus text format. */
  render(): Promise<string>;
  contentType: string;
}

/** Values read at each scrape. */
export interface Gauges {
  connections(): Promise<number>;
  /** Graph subscriptions of this application. */
  subscriptions(): Promise<number>;
  backlog(): Promise<Backlog>;
  /** Whether Microsoft refuses the credential of the app registration. */
  credentialProblem(): boolean;
}

/** Creates the Prometheus registry. Names start with `msteams_connect_`; label values are fixed words, never an id or a name. `now` is Unix milliseconds. */
export function createMetrics(gauges: Gauges, now: () => number): MetricsRegistry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name: `msteams_connect_${name}`, help, labelNames, registers: [registry] });
  const received = counter('notifications_total', 'Notifications received from Microsoft Graph.', [
    'outcome',
    'reason',
  ]);
  const deliveries = counter('deliveries_total', 'Deliveries by outcome.', ['outcome']);
  const skipped = counter('skipped_total', 'Notifications skipped, by reason.', ['reason']);
  const outbound = new Histogram({
    name: 'msteams_connect_outbound_seconds',
    help: 'Duration of requests to Microsoft and Mattermost.',
    labelNames: ['peer', 'operation', 'status'],
    buckets: [0.01, 0.03, 0.1, 0.3, 1, 3, 10],
    registers: [registry],
  });
  registerGauges(registry, gauges, now);
  return {
    notificationReceived: (outcome, reason) => received.inc({ outcome, reason }),
    delivery: (outcome) => deliveries.inc({ outcome }),
    skipped: (reason) => skipped.inc({ reason }),
    outbound: ({ peer, operation, status, ms }) =>
      outbound.observe({ peer, operation, status: String(status) }, ms / 1000),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function registerGauges(registry: Registry, gauges: Gauges, now: () => number): void {
  const gauge = (name: string, help: string, read: () => Promise<number>) =>
    new Gauge({
      name: `msteams_connect_${name}`,
      help,
      registers: [registry],
      async collect() {
        this.set(await read());
      },
    });
  gauge('connections', 'Connected users.', gauges.connections);
  gauge('subscriptions', 'Graph subscriptions; a tenant may have 10,000.', gauges.subscriptions);
  gauge('credential_problem', '1 while Microsoft refuses the credential of the app registration.', async () =>
    gauges.credentialProblem() ? 1 : 0,
  );
  gauge('inbox_items', 'Notifications in the queue.', async () => (await gauges.backlog()).items);
  gauge('inbox_lanes', 'Chat queues with notifications.', async () => (await gauges.backlog()).chatQueues);
  gauge('inbox_oldest_seconds', 'Age of the oldest notification in the queue.', async () => {
    const { oldestAt } = await gauges.backlog();
    return oldestAt === null ? 0 : Math.max(0, (now() - oldestAt) / 1000);
  });
}

/**
 * `GET /metrics`, with `METRICS_TOKEN` as bearer token when it is set.
 * @throws {AppError} unauthorized
 */
export function metricsRoute(app: FastifyInstance, metrics: MetricsRegistry, token: string | null): void {
  app.get('/metrics', async (request, reply) => {
    if (token !== null && !constantTimeEqual(request.headers.authorization ?? '', `Bearer ${token}`)) {
      throw new AppError('unauthorized', 'Metrics need the bearer token of METRICS_TOKEN.');
    }
    return reply.header('content-type', metrics.contentType).send(await metrics.render());
  });
}
