import Fastify from 'fastify';
import { CONTOSO } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { InboxItem } from '../../../../sidecar/src/core/ports/queue.ts';
import type {
  AcceptNotificationsDeps,
  LifecycleEvent,
} from '../../../../sidecar/src/graph/webhook/accept-notifications.ts';
import { hashClientState } from '../../../../sidecar/src/graph/webhook/accept-notifications.ts';
import { graphRoutes } from '../../../../sidecar/src/graph/webhook/routes.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';
import { createTestMetrics } from '../../../support/metrics.ts';

export const SUBSCRIPTION = '76619225-ff6b-4489-96ca-4ef547e78b22';
export const CHAT = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';
export const CONTENT = { data: 'AAAA', dataSignature: 'BBBB', dataKey: 'CCCC', encryptionCertificateId: 'cert-1' };

/** The webhook in a Fastify application with recording stand-ins; `changes` replaces some of them. */
export function setUpWebhook(changes: Partial<AcceptNotificationsDeps> = {}) {
  const stored: InboxItem[][] = [];
  const events: LifecycleEvent[] = [];
  const verified: string[][] = [];
  const metrics = createTestMetrics();
  const log = createTestLog();
  const app = Fastify();
  graphRoutes(app, {
    subscription: async (id) =>
      id === SUBSCRIPTION
        ? { owner: { kind: 'connection', id: 'c1' }, tid: CONTOSO, clientStateHash: hashClientState('secret') }
        : null,
    verifyTokens: async (tokens) => {
      verified.push(tokens);
      if (tokens.includes('forged')) throw new AppError('unauthorized', 'forged', { fields: { check: 'azp' } });
      return new Set(tokens);
    },
    put: async (items) => {
      stored.push(items);
      return { stored: items.length, duplicate: 0 };
    },
    lifecycle: (event) => void events.push(event),
    clock: createFakeClock(),
    log,
    metrics,
    ...changes,
  });
  const post = (body: unknown, headers: Record<string, string> = { 'content-type': 'application/json' }) =>
    app.inject({
      method: 'POST',
      url: '/graph/notifications',
      headers,
      payload: typeof body === 'string' ? body : JSON.stringify(body),
    });
  return { app, post, stored, events, verified, metrics, log };
}

/** One good notification, with changes. */
export function item(changes: Record<string, unknown> = {}) {
  return {
    subscriptionId: SUBSCRIPTION,
    subscriptionExpirationDateTime: '2026-11-22T10:00:00+00:00',
    clientState: 'secret',
    changeType: 'created',
    tenantId: CONTOSO,
    resource: `chats('${CHAT}')/messages('1764000000105')`,
    resourceData: { id: '1764000000105', '@odata.type': '#Microsoft.Graph.chatMessage' },
    encryptedContent: { ...CONTENT, encryptionCertificateThumbprint: '00' },
    ...changes,
  };
}
