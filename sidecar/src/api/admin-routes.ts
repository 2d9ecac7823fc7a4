import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { AppError } from '../core/errors.ts';
import type { Caller } from '../core/types.ts';
import type {
  AllowListResult,
  ChecksRequest,
  CheckView,
  ConnectionsResponse,
  DeadLettersResponse,
  InvitationsView,
  OverviewResponse,
} from './admin-schema.ts';
import {
  allowListRequestSchema,
  allowListResultSchema,
  allowListSchema,
  checksRequestSchema,
  checksSchema,
  connectionParameterSchema,
  connectionsQuerySchema,
  connectionsSchema,
  deadLettersSchema,
  doneSchema,
  invitationsRequestSchema,
  invitationsSchema,
  overviewSchema,
  replaySchema,
} from './admin-schema.ts';

/** What the System Console needs of the rest of the sidecar. */
export interface AdminDeps {
  /** Whether that user is a system administrator at this moment. */
  isAdministrator(userId: string): Promise<boolean>;
  checks(caller: Caller, seen: ChecksRequest): Promise<CheckView[]>;
  overview(): Promise<OverviewResponse>;
  connections(caller: Caller, query: Static<typeof connectionsQuerySchema>): Promise<ConnectionsResponse>;
  /** Every connection as CSV, in pieces. */
  report(): AsyncIterable<string>;
  /** False when there is no such connection. */
  disconnect(connectionId: string): Promise<boolean>;
  allowList(): Promise<string[]>;
  replaceAllowList(text: string): Promise<AllowListResult>;
  setInvitations(cap: number): Promise<InvitationsView>;
  sendTest(caller: Caller): Promise<void>;
  deadLetters(): Promise<DeadLettersResponse['letters']>;
  /** Returns how many were queued again. */
  replay(): Promise<number>;
}

type CallerOf = (request: FastifyRequest) => Caller;

/** For request bodies with a whole list. */
const LIST_LIMIT = 5 * 1024 * 1024;

/**
 * Mounts `/admin`, for system administrators of Mattermost.
 *
 * @throws {AppError} forbidden
 */
export async function adminRoutes(app: FastifyInstance, deps: AdminDeps, callerOf: CallerOf): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request) => {
        if (await deps.isAdministrator(callerOf(request).userId)) return;
        throw new AppError('forbidden', 'A user who is no system administrator called the administration.');
      });
      healthRoutes(scope, deps, callerOf);
      connectionRoutes(scope, deps, callerOf);
      admissionRoutes(scope, deps);
    },
    { prefix: '/admin' },
  );
}

function healthRoutes(app: FastifyInstance, deps: AdminDeps, callerOf: CallerOf): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.post(
    '/checks',
    {
      bodyLimit: LIST_LIMIT,
      schema: { summary: 'Runs every check', body: checksRequestSchema, response: { 200: checksSchema } },
    },
    async (request) => ({ checks: await deps.checks(callerOf(request), request.body) }),
  );
  api.get(
    '/overview',
    { schema: { summary: 'Numbers, and the hours of a week', response: { 200: overviewSchema } } },
    () => deps.overview(),
  );
  api.post(
    '/test',
    { schema: { summary: 'Sends oneself a test notification', response: { 200: doneSchema } } },
    async (request) => {
      await deps.sendTest(callerOf(request));
      return { done: true };
    },
  );
  api.get(
    '/dead-letters',
    { schema: { summary: 'Notifications that were given up', response: { 200: deadLettersSchema } } },
    async () => ({ letters: await deps.deadLetters() }),
  );
  api.post(
    '/dead-letters/replay',
    { schema: { summary: 'Queues them again', response: { 200: replaySchema } } },
    async () => ({ count: await deps.replay() }),
  );
}

function connectionRoutes(app: FastifyInstance, deps: AdminDeps, callerOf: CallerOf): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get(
    '/connections',
    {
      schema: {
        summary: 'Connected users, 50 a page',
        querystring: connectionsQuerySchema,
        response: { 200: connectionsSchema },
      },
    },
    (request) => deps.connections(callerOf(request), request.query),
  );
  app.get(
    '/connections.csv',
    {
      schema: {
        summary: 'All of them as CSV',
        response: { 200: { description: 'One row a user', content: { 'text/csv': { schema: Type.String() } } } },
      },
    },
    (_request, reply) =>
      reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header('content-disposition', 'attachment; filename="connected-users.csv"')
        .send(ReadableStream.from(deps.report())),
  );
  api.post(
    '/connections/:id/disconnect',
    {
      schema: {
        summary: 'Ends the connection of a user; idempotent',
        params: connectionParameterSchema,
        response: { 200: doneSchema },
      },
    },
    async (request) => ({ done: await deps.disconnect(request.params.id) }),
  );
}

function admissionRoutes(app: FastifyInstance, deps: AdminDeps): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get(
    '/allow-list',
    { schema: { summary: 'Who may connect; empty: all users', response: { 200: allowListSchema } } },
    async () => ({ emails: await deps.allowList() }),
  );
  api.put(
    '/allow-list',
    {
      bodyLimit: LIST_LIMIT,
      schema: {
        summary: 'Replaces the allow-list',
        body: allowListRequestSchema,
        response: { 200: allowListResultSchema },
      },
    },
    (request) => deps.replaceAllowList(request.body.text),
  );
  api.put(
    '/invitations',
    {
      schema: {
        summary: 'Sets how many may be invited and not yet connected',
        body: invitationsRequestSchema,
        response: { 200: invitationsSchema },
      },
    },
    (request) => deps.setInvitations(request.body.cap),
  );
}
