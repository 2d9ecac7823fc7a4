import cors from '@fastify/cors';
import swagger from '@fastify/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf as activeCaller } from '../core/caller.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { MINUTE } from '../core/time.ts';
import type { Caller, User } from '../core/types.ts';
import { createErrorHandler, errorResponseSchema } from '../http/error-response.ts';
import type { AdminDeps } from './admin-routes.ts';
import { adminRoutes } from './admin-routes.ts';
import type { CommandDeps } from './command-routes.ts';
import { commandRoutes } from './command-routes.ts';
import type { Sessions } from './session.ts';
import type { SettingsDeps } from './settings-routes.ts';
import { settingsRoutes } from './settings-routes.ts';

/** What the API needs of the rest of the sidecar. */
export interface ApiDeps extends Omit<SettingsDeps, 'commands'>, Omit<CommandDeps, 'commands'> {
  commands: SettingsDeps['commands'] & CommandDeps['commands'];
  sessions: Pick<Sessions, 'verify'>;
  /** Mattermost user by id; may come from a cache. */
  user(userId: string): Promise<User>;
  /** Without it `/admin` is not mounted. */
  admin?: AdminDeps;
  /** Mattermost's site URL. Browsers may call from its origin only (CORS). */
  mattermostUrl: string;
  publicUrl: string;
  log: Log;
}

const PREFIX = '/api/v1';
/** Requests of one user, over all routes together. */
const LIMIT = { max: 90, timeWindow: MINUTE };

/** Mounts `/api/v1`, which the webapp calls with a session. Errors are answered as `ErrorResponse`. */
export async function apiRoutes(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register((scope) => mount(scope, deps), { prefix: PREFIX });
}

async function mount(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  const callers = new WeakMap<FastifyRequest, Caller>();
  const callerOf = (request: FastifyRequest) => {
    const caller = callers.get(request);
    if (!caller) throw new AppError('unauthorized', 'A request has no caller.');
    return caller;
  };
  app.setErrorHandler(
    createErrorHandler({
      log: deps.log,
      refusal: 'An API request was not done.',
      explain: ({ code }, request) =>
        deps.commands.explain(code, callers.get(request)?.locale ?? request.headers['accept-language'] ?? 'en'),
    }),
  );
  await app.register(cors, {
    origin: new URL(deps.mattermostUrl).origin,
    methods: ['GET', 'PUT', 'POST', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type'],
    exposedHeaders: ['retry-after'],
    maxAge: 600,
  });
  await describe(app, deps.publicUrl);
  await app.register(async (scope) => {
    await authenticate(scope, deps, callers);
    settingsRoutes(scope, deps, callerOf);
    commandRoutes(scope, deps, callerOf);
    if (deps.admin) await adminRoutes(scope, deps.admin, callerOf);
  });
}

/**
 * Finds the caller: the session's user, within the rate limit, with an active account. The limit is checked before the user is looked up,
 * because a look-up may be a request to Mattermost.
 *
 * @throws {AppError} unauthorized, too_many_requests, forbidden
 */
async function authenticate(
  app: FastifyInstance,
  { sessions, user }: Pick<ApiDeps, 'sessions' | 'user'>,
  callers: WeakMap<FastifyRequest, Caller>,
): Promise<void> {
  const userIds = new WeakMap<FastifyRequest, string>();
  const userIdOf = (request: FastifyRequest) => userIds.get(request) ?? '';
  app.addHook('onRequest', async (request) => {
    const token = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
    userIds.set(request, await sessions.verify(token));
  });
  app.addHook('onRequest', app.rateLimit({ ...LIMIT, keyGenerator: userIdOf }));
  app.addHook('onRequest', async (request) => {
    callers.set(request, activeCaller(await user(userIdOf(request))));
  });
}

/** Mounts `/openapi.json`: every route registered after this call, described from its schemas. */
async function describe(app: FastifyInstance, publicUrl: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: { title: 'Microsoft Teams for Mattermost', version: '1' },
      servers: [{ url: `${publicUrl}${PREFIX}` }],
      security: [{ session: [] }],
      components: {
        securitySchemes: {
          session: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'From props.msteams of the answer to Mattermost’s /msteams --session',
          },
        },
      },
    },
    transform: ({ schema, url }) => ({
      schema: { ...schema, response: { ...Object(schema.response), default: errorResponseSchema } },
      url: url.slice(PREFIX.length),
    }),
  });
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger());
}
