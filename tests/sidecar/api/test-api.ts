import type { FastifyInstance } from 'fastify';
import type { ApiDeps } from '../../../sidecar/src/api/routes.ts';
import { apiRoutes } from '../../../sidecar/src/api/routes.ts';
import { createSessions } from '../../../sidecar/src/api/session.ts';
import type { Connection, User } from '../../../sidecar/src/core/types.ts';
import { createServer } from '../../../sidecar/src/http/server.ts';
import { commandRoute } from '../../../sidecar/src/mattermost/command-route.ts';
import { createActionSigner } from '../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { ALICE, BOT, user as buildUser, sealerOf } from '../../support/builders.ts';
import { createTestLog } from '../../support/log.ts';
import { connectionOf, createTestCommands } from '../commands/commands-in-memory.ts';

export const SITE = 'https://mattermost.example';
export const TOKEN = 'abcdefghijklmnopqrstuvwxyz';

interface Setup {
  connection?: Connection | null;
  user?: Partial<User>;
  overrides?: Partial<ApiDeps>;
}

/** The API and the command route over the same commands, as Alice uses them. Close `app` afterwards. */
export async function startApi({ connection = connectionOf(), user = {}, overrides = {} }: Setup = {}) {
  const { memory, clock, deps, commands } = createTestCommands(connection);
  const sealer = sealerOf('a');
  const publicUrl = 'https://sidecar.example';
  const sessions = createSessions({ sealer, publicUrl, clock });
  const signer = createActionSigner(sealer, clock);
  const log = createTestLog();
  const common = { user: async (id: string) => buildUser({ id, ...user }), publicUrl, clock, log };
  const app = await createServer({
    log,
    ready: async () => [],
    routes: [
      (scope) =>
        apiRoutes(scope, {
          ...deps,
          ...common,
          sessions,
          commands,
          signer,
          botUserId: async () => BOT,
          mattermostUrl: `${SITE}/company`,
          ...overrides,
        }),
      (scope) =>
        commandRoute(scope, { ...common, ...commands, token: TOKEN, session: sessions.grant, sign: signer.sign }),
    ],
  });
  const sessionOf = async (userId: string) => (await sessions.grant(userId)).session;
  const session = await sessionOf(ALICE);
  const call = async (route: string, payload?: object, headers: Record<string, string> = {}) => {
    const [method, path] = route.split(' ');
    const response = await app.inject({
      method: method as 'GET',
      url: `/api/v1${path}`,
      headers: { authorization: `Bearer ${session}`, origin: SITE, ...headers },
      ...(payload ? { payload } : {}),
    });
    return { status: response.statusCode, headers: response.headers, body: response.json() };
  };
  return { app, memory, clock, signer, log, call, sessionOf };
}

/** Types a command in Mattermost. */
export async function typed(app: FastifyInstance, text: string) {
  const response = await app.inject({
    method: 'POST',
    url: '/mattermost/command',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Token ${TOKEN}` },
    payload: new URLSearchParams({ token: TOKEN, user_id: ALICE, text }).toString(),
  });
  return response.json();
}
