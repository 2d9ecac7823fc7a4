import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { Caller } from '../core/types.ts';
import type {
  AllowListResult,
  ChecksRequest,
  CheckView,
  ConnectionSort,
  ConnectionsResponse,
  DeadLettersResponse,
  InvitationsView,
  OverviewResponse,
} from './admin-contract.ts';
import {
  allowListRequestSchema,
  allowListResultSchema,
  allowListSchema,
  checksRequestSchema,
  checksSchema,
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
  connections(
    caller: Caller,
    query: { search: string; sort: ConnectionSort; descending: boolean; page: number },
  ): Promise<ConnectionsResponse>;
  /** Every connection as CSV, in pieces. */
  report(): AsyncIterable<string>;
  /** False when there is no such connection. */
  disconnect(connectionId: string): Promise<boolean>;
  allowList(): Promise<string[]>;
  replaceAllowList(text: string): Promise<AllowListResult>;
  setInvitations(cap: number): Promise<InvitationsView>;
  sendTest(caller: Caller): Promise<void>;
  deadLetters(): Promise<DeadLettersResponse['letters']>;
  /** The number of those queued again. */
  replay(): Promise<number>;
}

const LIST_LIMIT = 5 * 1024 * 1024;

/** `/admin/…`: for system administrators of Mattermost. Errors besides the others: `forbidden`. */
export async function adminRoutes(
  app: FastifyInstance,
  deps: AdminDeps,
  callerOf: (request: FastifyRequest) => Caller,
): Promise<void> {
  await app.register(
    async (scope) => {
      scope.addHook('onRequest', async (request) => {
        if (await deps.isAdministrator(callerOf(request).userId)) return;
        throw new AppError('forbidden', 'Somebody who is no system administrator asked for the administration.');
      });
      watching(scope, deps, callerOf);
      looking(scope, deps, callerOf);
      changing(scope, deps);
    },
    { prefix: '/admin' },
  );
}

type CallerOf = (request: FastifyRequest) => Caller;

function watching(app: FastifyInstance, deps: AdminDeps, callerOf: CallerOf): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.post(
    '/checks',
    { bodyLimit: LIST_LIMIT, schema: { body: checksRequestSchema, response: { 200: checksSchema } } },
    async (request) => ({ checks: await deps.checks(callerOf(request), request.body) }),
  );
  api.get('/overview', { schema: { response: { 200: overviewSchema } } }, () => deps.overview());
  api.post('/test', { schema: { response: { 200: doneSchema } } }, async (request) => {
    await deps.sendTest(callerOf(request));
    return { done: true };
  });
  api.get('/dead-letters', { schema: { response: { 200: deadLettersSchema } } }, async () => ({
    letters: await deps.deadLetters(),
  }));
  api.post('/dead-letters/replay', { schema: { response: { 200: replaySchema } } }, async () => ({
    count: await deps.replay(),
  }));
}

function looking(app: FastifyInstance, deps: AdminDeps, callerOf: CallerOf): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get(
    '/connections',
    { schema: { querystring: connectionsQuerySchema, response: { 200: connectionsSchema } } },
    (request) => {
      const { search, descending, page } = request.query;
      const sort = request.query.sort as ConnectionSort;
      return deps.connections(callerOf(request), { search, sort, descending, page });
    },
  );
  api.get('/connections.csv', (_request, reply) =>
    reply
      .header('content-type', 'text/csv; charset=utf-8')
      .header('content-disposition', 'attachment; filename="connected-users.csv"')
      .send(ReadableStream.from(deps.report())),
  );
  api.post<{ Params: { id: string } }>(
    '/connections/:id/disconnect',
    { schema: { response: { 200: doneSchema } } },
    async (request) => ({ done: await deps.disconnect((request.params as { id: string }).id) }),
  );
}

function changing(app: FastifyInstance, deps: AdminDeps): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get('/allow-list', { schema: { response: { 200: allowListSchema } } }, async () => ({
    emails: await deps.allowList(),
  }));
  api.put(
    '/allow-list',
    { bodyLimit: LIST_LIMIT, schema: { body: allowListRequestSchema, response: { 200: allowListResultSchema } } },
    (request) => deps.replaceAllowList(request.body.text),
  );
  api.put(
    '/invitations',
    { schema: { body: invitationsRequestSchema, response: { 200: invitationsSchema } } },
    (request) => deps.setInvitations(request.body.cap),
  );
}
