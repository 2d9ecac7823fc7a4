import { type Static, Type } from 'typebox';

/*
 * The API of the System Console page under `/api/v1/admin`, stated once (see schema.ts). The session's user must be a system
 * administrator of Mattermost at the moment of the request. Times are Unix milliseconds.
 */

const timeSchema = Type.Integer({ description: 'Unix milliseconds' });
const nullableTimeSchema = Type.Union([timeSchema, Type.Null()]);
const countSchema = Type.Integer({ minimum: 0 });
const shortTextSchema = Type.String({ maxLength: 1_024 });

/** What only an administrator's browser may see of Mattermost; the checks judge it. */
export const checksRequestSchema = Type.Object({
  teams: Type.Array(Type.Object({ id: shortTextSchema, name: shortTextSchema }), { maxItems: 2_000 }),
  /** The `/msteams` commands of all teams. */
  commands: Type.Array(Type.Object({ teamId: shortTextSchema, url: shortTextSchema, token: shortTextSchema }), {
    maxItems: 2_000,
  }),
  plugins: Type.Array(
    Type.Object({ id: shortTextSchema, running: Type.Boolean(), error: Type.String({ maxLength: 4_000 }) }),
    { maxItems: 500 },
  ),
});
export type ChecksRequest = Static<typeof checksRequestSchema>;

const checkSchema = Type.Object({
  id: Type.String(),
  title: Type.String(),
  state: Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('failed')]),
  detail: Type.String(),
  /** Null when there is nothing to do. */
  remedy: Type.Union([Type.String(), Type.Null()]),
});
/** One check in the administrator's language. */
export type CheckView = Static<typeof checkSchema>;

export const checksSchema = Type.Object({ checks: Type.Array(checkSchema) });
export type ChecksResponse = Static<typeof checksSchema>;

/** At most `cap` users are invited and not yet connected; 0 invites nobody. */
export const invitationsRequestSchema = Type.Object({ cap: Type.Integer({ minimum: 0, maximum: 100_000 }) });

export const invitationsSchema = Type.Object({ cap: countSchema, pending: countSchema });
export type InvitationsView = Static<typeof invitationsSchema>;

export const overviewSchema = Type.Object({
  connections: countSchema,
  maximum: Type.Union([countSchema, Type.Null()], { description: 'MAX_CONNECTIONS, null without a maximum' }),
  subscriptions: countSchema,
  subscriptionLimit: Type.Integer({ minimum: 0, description: 'How many Microsoft allows a tenant' }),
  hours: Type.Array(Type.Object({ at: timeSchema, count: countSchema }), {
    description: 'Deliveries in each hour of a week, the oldest first',
  }),
  deadLetters: countSchema,
  allowed: Type.Integer({ minimum: 0, description: 'Addresses on the allow-list; 0: all may connect' }),
  invitations: invitationsSchema,
});
export type OverviewResponse = Static<typeof overviewSchema>;

const connectionSortSchema = Type.Union(
  [Type.Literal('account'), Type.Literal('connected'), Type.Literal('delivery'), Type.Literal('error')],
  { default: 'account' },
);
export type ConnectionSort = Static<typeof connectionSortSchema>;

/** Pages of 50 rows, from 0. */
export const connectionsQuerySchema = Type.Object({
  search: Type.String({ default: '', maxLength: 200 }),
  sort: connectionSortSchema,
  descending: Type.Boolean({ default: false }),
  page: Type.Integer({ default: 0, minimum: 0, maximum: 100_000 }),
});

const connectionRowSchema = Type.Object({
  id: Type.String(),
  username: Type.String(),
  accountName: Type.String(),
  accountAddress: Type.String(),
  state: Type.Union([Type.Literal('connected'), Type.Literal('reconnect')]),
  connectedAt: timeSchema,
  lastDeliveryAt: nullableTimeSchema,
  lastErrorAt: nullableTimeSchema,
  /** A sentence in the administrator's language. */
  lastError: Type.Union([Type.String(), Type.Null()]),
});
export type ConnectionRow = Static<typeof connectionRowSchema>;

export const connectionsSchema = Type.Object({ total: countSchema, rows: Type.Array(connectionRowSchema) });
export type ConnectionsResponse = Static<typeof connectionsSchema>;

export const connectionParameterSchema = Type.Object({ id: Type.String() });

export const allowListSchema = Type.Object({ emails: Type.Array(Type.String()) });
export type AllowListResponse = Static<typeof allowListSchema>;

/** The text of a file: one address a line, or CSV with a column `email`. It replaces the list, or nothing when a line is wrong. */
export const allowListRequestSchema = Type.Object({ text: Type.String({ maxLength: 4_000_000 }) });
export type AllowListRequest = Static<typeof allowListRequestSchema>;

export const allowListResultSchema = Type.Object({
  count: countSchema,
  errors: Type.Array(Type.Object({ line: Type.Integer({ minimum: 1 }), text: Type.String() }), {
    description: 'Lines that are no address; then the list stays as it was. Numbers from 1',
  }),
});
export type AllowListResult = Static<typeof allowListResultSchema>;

/** The newest first, at most 100. */
export const deadLettersSchema = Type.Object({
  letters: Type.Array(
    Type.Object({ id: Type.String(), diedAt: timeSchema, reason: Type.String(), attempts: countSchema }),
  ),
});
export type DeadLettersResponse = Static<typeof deadLettersSchema>;

/** How many dead letters were queued again. */
export const replaySchema = Type.Object({ count: countSchema });
export type ReplayResult = Static<typeof replaySchema>;

export const doneSchema = Type.Object({ done: Type.Boolean() });
export type DoneResponse = Static<typeof doneSchema>;
