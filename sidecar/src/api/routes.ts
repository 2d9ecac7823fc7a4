import cors from '@fastify/cors';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Notice, NoticeRow, Notices } from '../core/ports/digests.ts';
import type { Clock } from '../core/time.ts';
import { DAY } from '../core/time.ts';
import type { Caller, Connection, Reply, User } from '../core/types.ts';
import { createErrorHandler, logError } from '../http/error-response.ts';
import type { AdminDeps } from './admin-routes.ts';
import { adminRoutes } from './admin-routes.ts';
import type { MuteRequest, MuteView } from './contract.ts';
import { createLimiter } from './limiter.ts';
import { describeApi } from './openapi.ts';
import { actionSchema, commandSchema, connectSchema, disconnectSchema, replySchema } from './schema.ts';
import type { Sessions } from './session.ts';
import { settingsRoutes } from './settings-routes.ts';
import { replyView } from './views.ts';

/** What the API needs of the rest of the sidecar. */
export interface ApiDeps {
  sessions: Pick<Sessions, 'verify'>;
  /** The account behind a user id; may be a little old. */
  user(userId: string): Promise<User>;
  connections: Pick<Connections, 'findByUser' | 'changePreferences'>;
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** False when there was no connection. */
  disconnect(userId: string): Promise<boolean>;
  commands: {
    run(caller: Caller, text: string): Promise<Reply>;
    act(caller: Caller, action: string): Promise<Reply>;
    explain(code: ErrorCode, locale: string): string;
    problem(connection: Connection, locale: string): string | null;
    mutes(connection: Connection, locale: string): MuteView[];
    mute(caller: Caller, wish: MuteRequest): Promise<MuteView[] | null>;
    unmute(caller: Caller, chatId: string): Promise<MuteView[] | null>;
  };
  /** What arrived last, newest first, and how to open its sealed names. */
  notices: Pick<Notices, 'list'>;
  notice(userId: string, row: NoticeRow): Notice;
  /** The Mattermost user id of the bot. */
  botUserId(): Promise<string>;
  signer: {
    sign(action: { userId: string; action: string; expiresAt: number }): string;
    verify(userId: string, signed: string): string;
  };
  /** For system administrators; without it there is no administration. */
  admin?: AdminDeps;
  /** The Mattermost site URL: only pages of its origin may call. */
  mattermostUrl: string;
  publicUrl: string;
  clock: Clock;
  log: Log;
}

const BODY_LIMIT = 64 * 1024;
const LIMIT = { burst: 30, perMinute: 60 };
/** A reply is seen by its reader only, and only until the page is loaded anew. */
const BUTTON_LIFETIME_MS = DAY;

/** `/api/v1`: what the webapp calls, with the session that came through Mattermost. Errors are `ErrorResponse`. */
export async function apiRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register((scope) => mount(scope, deps), { prefix: '/api/v1' });
}

async function mount(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const callers = new WeakMap<FastifyRequest, Caller>();
  await app.register(cors, {
    origin: new URL(deps.mattermostUrl).origin,
    methods: ['GET', 'PUT', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type'],
    exposedHeaders: ['retry-after'],
    maxAge: 600,
  });
  app.setErrorHandler(
    createErrorHandler({
      log: deps.log,
      refusal: 'An API request was not done.',
      explain: ({ code }, request) =>
        deps.commands.explain(code, callers.get(request)?.locale ?? request.headers['accept-language'] ?? 'en'),
    }),
  );
  const description = describeApi(deps.publicUrl);
  app.get('/openapi.json', () => description);
  await app.register(async (scope) => {
    const admit = createGate(deps);
    scope.addHook('onRequest', async (request) => {
      callers.set(request, await admit(request.headers.authorization));
    });
    const callerOf = (request: FastifyRequest) => {
      const caller = callers.get(request);
      if (!caller) throw new AppError('unauthorized', 'A request has no caller.');
      return caller;
    };
    endpoints(scope, deps, callerOf);
    if (deps.admin) await adminRoutes(scope, deps.admin, callerOf);
  });
}

function endpoints(app: FastifyInstance, deps: ApiDeps, callerOf: (request: FastifyRequest) => Caller): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const view = (caller: Caller, reply: Reply) => {
    const expiresAt = deps.clock.now() + BUTTON_LIFETIME_MS;
    return replyView(reply, (action) => deps.signer.sign({ userId: caller.userId, action, expiresAt }));
  };
  settingsRoutes(app, deps, callerOf);
  api.post('/connect', { schema: { response: { 200: connectSchema } } }, (request) =>
    deps.startLink(callerOf(request).userId),
  );
  api.post('/disconnect', { schema: { response: { 200: disconnectSchema } } }, async (request) => ({
    disconnected: await deps.disconnect(callerOf(request).userId),
  }));
  api.post(
    '/commands',
    { bodyLimit: BODY_LIMIT, schema: { body: commandSchema, response: { 200: replySchema } } },
    async (request) => {
      const caller = callerOf(request);
      return view(caller, await runCommand(deps, caller, request));
    },
  );
  api.post(
    '/actions',
    { bodyLimit: BODY_LIMIT, schema: { body: actionSchema, response: { 200: replySchema } } },
    async (request) => {
      const caller = callerOf(request);
      const { action, option } = request.body;
      const signed = deps.signer.verify(caller.userId, action);
      return view(caller, await deps.commands.act(caller, option === undefined ? signed : `${signed} ${option}`));
    },
  );
}

/** Who calls: the user of the session, if still an active person and not in too much of a hurry. */
function createGate(deps: ApiDeps): (authorization: string | undefined) => Promise<Caller> {
  const limit = createLimiter({ clock: deps.clock, ...LIMIT });
  return async (authorization) => {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
    const userId = await deps.sessions.verify(token);
    limit(userId);
    const user = await deps.user(userId);
    if (user.isBot || user.deactivated) throw new AppError('forbidden', 'The account of a session is not active.');
    return { userId, locale: user.locale, timeZone: user.timeZone ?? null };
  };
}

/** A command always has a reply: a failure is told in the same words as through Mattermost. */
async function runCommand(
  { commands, log }: ApiDeps,
  caller: Caller,
  request: FastifyRequest<{ Body: { command: string } }>,
): Promise<Reply> {
  try {
    return await commands.run(caller, request.body.command.replace(/^\s*\/\S*/u, ''));
  } catch (error) {
    const { code } = logError(error, request, { log, level: 'warn', refusal: 'A command failed.' });
    return { text: commands.explain(code, caller.locale) };
  }
}
