import { Type } from 'typebox';
import type { Endpoint } from './schema.ts';

const Time = Type.Integer({ description: 'Unix milliseconds' });
const OptionalTime = Type.Union([Time, Type.Null()]);
const Count = Type.Integer({ minimum: 0 });
const Short = Type.String({ maxLength: 1_024 });

export const checksRequestSchema = Type.Object({
  teams: Type.Array(Type.Object({ id: Short, name: Short }), { maxItems: 2_000 }),
  commands: Type.Array(Type.Object({ teamId: Short, url: Short, token: Short }), { maxItems: 2_000 }),
  plugins: Type.Array(Type.Object({ id: Short, running: Type.Boolean(), error: Type.String({ maxLength: 4_000 }) }), {
    maxItems: 500,
  }),
});

export const checksSchema = Type.Object({
  checks: Type.Array(
    Type.Object({
      id: Type.String(),
      title: Type.String(),
      state: Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('failed')]),
      detail: Type.String(),
      remedy: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

export const invitationsRequestSchema = Type.Object({ cap: Type.Integer({ minimum: 0, maximum: 100_000 }) });

export const invitationsSchema = Type.Object({ cap: Count, pending: Count });

export const overviewSchema = Type.Object({
  connections: Count,
  maximum: Type.Union([Count, Type.Null()]),
  subscriptions: Count,
  subscriptionLimit: Count,
  hours: Type.Array(Type.Object({ at: Time, count: Count })),
  deadLetters: Count,
  allowed: Count,
  invitations: invitationsSchema,
});

export const connectionsQuerySchema = Type.Object({
  search: Type.String({ default: '', maxLength: 200 }),
  sort: Type.Union(
    ['account', 'connected', 'delivery', 'error'].map((name) => Type.Literal(name)),
    { default: 'account' },
  ),
  descending: Type.Boolean({ default: false }),
  page: Type.Integer({ default: 0, minimum: 0, maximum: 100_000 }),
});

export const connectionsSchema = Type.Object({
  total: Count,
  rows: Type.Array(
    Type.Object({
      id: Type.String(),
      username: Type.String(),
      accountName: Type.String(),
      accountAddress: Type.String(),
      state: Type.Union([Type.Literal('connected'), Type.Literal('reconnect')]),
      connectedAt: Time,
      lastDeliveryAt: OptionalTime,
      lastErrorAt: OptionalTime,
      lastError: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

export const allowListSchema = Type.Object({ emails: Type.Array(Type.String()) });

export const allowListRequestSchema = Type.Object({ text: Type.String({ maxLength: 4_000_000 }) });

export const allowListResultSchema = Type.Object({
  count: Count,
  errors: Type.Array(Type.Object({ line: Type.Integer({ minimum: 1 }), text: Type.String() })),
});

export const deadLettersSchema = Type.Object({
  letters: Type.Array(Type.Object({ id: Type.String(), diedAt: Time, reason: Type.String(), attempts: Count })),
});

export const replaySchema = Type.Object({ count: Count });

export const doneSchema = Type.Object({ done: Type.Boolean() });

/** The endpoints for system administrators, for the description. */
export const ADMIN_ENDPOINTS: readonly Endpoint[] = [
  {
    method: 'post',
    path: '/admin/checks',
    summary: 'Runs every check',
    body: checksRequestSchema,
    answer: checksSchema,
  },
  { method: 'get', path: '/admin/overview', summary: 'Numbers, and the hours of a week', answer: overviewSchema },
  {
    method: 'get',
    path: '/admin/connections',
    summary: 'Connected users, 50 a page: ?search, ?sort, ?descending, ?page',
    answer: connectionsSchema,
  },
  { method: 'get', path: '/admin/connections.csv', summary: 'All of them as CSV', answer: Type.String() },
  {
    method: 'post',
    path: '/admin/connections/{id}/disconnect',
    summary: 'Ends somebody’s connection; idempotent',
    answer: doneSchema,
  },
  { method: 'get', path: '/admin/allow-list', summary: 'Who may connect; empty: everybody', answer: allowListSchema },
  {
    method: 'put',
    path: '/admin/allow-list',
    summary: 'Replaces the allow-list',
    body: allowListRequestSchema,
    answer: allowListResultSchema,
  },
  {
    method: 'put',
    path: '/admin/invitations',
    summary: 'Sets how many may be invited and not yet connected',
    body: invitationsRequestSchema,
    answer: invitationsSchema,
  },
  { method: 'post', path: '/admin/test', summary: 'Sends oneself a test notification', answer: doneSchema },
  {
    method: 'get',
    path: '/admin/dead-letters',
    summary: 'Notifications that were given up',
    answer: deadLettersSchema,
  },
  { method: 'post', path: '/admin/dead-letters/replay', summary: 'Queues them again', answer: replaySchema },
];
