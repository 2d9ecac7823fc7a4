import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { createApp } from './http/app.ts';
import { unknownPath } from './http/errors.ts';
import { createFaults } from './http/faults.ts';
import { openSession } from './http/session.ts';
import { shellRoutes } from './http/shell.ts';
import { createOutgoing } from './integrations/outgoing.ts';
import { createTriggerSigner } from './integrations/trigger.ts';
import { createPluginHost } from './plugins/host.ts';
import { createPendingPosts } from './posts/pending.ts';
import { botRoutes } from './routes/bots.ts';
import { channelRoutes } from './routes/channels.ts';
import { commandRoutes } from './routes/commands.ts';
import { controlRoutes } from './routes/control.ts';
import { fileRoutes } from './routes/files.ts';
import { hookRoutes, integrationRoutes } from './routes/integrations.ts';
import { loginRoutes } from './routes/login.ts';
import { oauthRoutes } from './routes/oauth.ts';
import { oauthAppRoutes } from './routes/oauth-apps.ts';
import { personalRoutes } from './routes/personal.ts';
import { pluginHttpRoutes } from './routes/plugin-http.ts';
import { pluginFileRoutes, pluginRoutes } from './routes/plugins.ts';
import { postRoutes } from './routes/posts.ts';
import { reactionRoutes } from './routes/reactions.ts';
import { systemRoutes } from './routes/system.ts';
import { teamRoutes } from './routes/teams.ts';
import { userRoutes } from './routes/users.ts';
import { createHub } from './socket/hub.ts';
import { serveWebSockets } from './socket/upgrade.ts';
import { createBlobs } from './state/blobs.ts';
import { type ConfigPatch, defaultConfig, editConfig } from './state/config.ts';
import { seed } from './state/seed.ts';
import type { MattermostState } from './state/state.ts';
import { createStore } from './state/store.ts';

const API_ROUTES = [
  loginRoutes,
  userRoutes,
  personalRoutes,
  teamRoutes,
  channelRoutes,
  postRoutes,
  reactionRoutes,
  fileRoutes,
  botRoutes,
  commandRoutes,
  integrationRoutes,
  oauthAppRoutes,
  pluginRoutes,
  systemRoutes,
];

/** Options of the Mattermost emulator. */
export interface MattermostOptions {
  /** 0 or missing: any free port. */
  port?: number;
  /** Settings that differ from Mattermost's defaults. */
  config?: ConfigPatch;
  /** Where uploaded files go; without it they stay in memory. */
  dataDir?: string;
  /** A PEM certificate authority trusted for calls to integrations. */
  extraCa?: string;
  /** Milliseconds since the Unix epoch. */
  now?: () => number;
  /** Mattermost's own environment, which plugins inherit. */
  env?: Record<string, string | undefined>;
}

/** A running Mattermost emulator; `adminToken` is a session of the system administrator that does not expire. */
export interface Mattermost {
  url: string;
  adminToken: string;
  close(): Promise<void>;
}

/** Starts an emulator of Mattermost 11.2.0 with the sample users, as a fresh installation behind plain HTTP. */
export async function startMattermost(options: MattermostOptions = {}): Promise<Mattermost> {
  const state = createWorld(options);
  const adminId = seed(state.store, state.now());
  const { token: adminToken } = openSession(state, adminId, { hours: 0, origin: 'start' });
  const app = await createApp(state);
  await mountRoutes(app, state);
  await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  const url = `http://localhost:${(app.server.address() as AddressInfo).port}`;
  if (state.config.ServiceSettings.SiteURL === '') state.config.ServiceSettings.SiteURL = url;
  state.config.ServiceSettings.ListenAddress = `:${(app.server.address() as AddressInfo).port}`;
  const stopSockets = serveWebSockets(state, app.server);
  return {
    url,
    adminToken,
    async close() {
      await state.pluginHost.close();
      stopSockets();
      await app.close();
    },
  };
}

function createWorld(options: MattermostOptions): MattermostState {
  const clock = options.now ?? Date.now;
  let ahead = 0;
  const now = () => clock() + ahead;
  const store = createStore();
  const config = defaultConfig('');
  editConfig(config, options.config ?? {});
  const state: MattermostState = {
    now,
    advance: (ms) => {
      ahead += ms;
    },
    config,
    store,
    hub: createHub(store, now),
    faults: createFaults(),
    pending: createPendingPosts(now),
    signer: createTriggerSigner(),
    outgoing: createOutgoing(() => config.ServiceSettings, options.extraCa),
    blobs: createBlobs(options.dataDir),
    pluginHost: createPluginHost(() => state, { env: options.env ?? { PATH: process.env.PATH } }),
  };
  return state;
}

async function mountRoutes(app: FastifyInstance, state: MattermostState): Promise<void> {
  await app.register(
    async (api) => {
      // Each module gets its own scope, so that a hook of one never touches another.
      for (const routes of API_ROUTES) await api.register(async (scope) => routes(scope, state));
      api.setNotFoundHandler((request) => {
        throw unknownPath(request.url);
      });
    },
    { prefix: '/api/v4' },
  );
  await app.register(async (control) => controlRoutes(control, state), { prefix: '/playground' });
  hookRoutes(app, state);
  oauthRoutes(app, state);
  pluginFileRoutes(app, state);
  await app.register(async (scope) => pluginHttpRoutes(scope, state));
  shellRoutes(app, state);
}
