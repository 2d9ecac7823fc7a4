import { apiRoutes } from '../api/routes.ts';
import { connectRoutes } from '../connect/routes.ts';
import { graphRoutes } from '../graph/webhook/routes.ts';
import { createServer } from '../http/server.ts';
import { commandRoute } from '../mattermost/command-route.ts';
import { actionRoute } from '../mattermost/inbound/action-route.ts';
import { metricsRoute } from '../metrics.ts';
import type { AppContext } from './context.ts';
import type { createFeatures } from './features.ts';

/** The server with every route of the sidecar. It does not listen yet. */
export function createHttp(context: AppContext, features: ReturnType<typeof createFeatures>) {
  const { clock, config, log, metrics, signer } = context;
  return createServer({
    log,
    ready: () => checkReady(context),
    routes: [
      (scope) => graphRoutes(scope, { ...features.webhook, clock, log, metrics }),
      (scope) => connectRoutes(scope, features.connect),
      (scope) =>
        commandRoute(scope, { ...features.mattermost, token: config.mattermost.commandToken, sign: signer.sign }),
      (scope) => actionRoute(scope, { ...features.mattermost, signer }),
      (scope) => apiRoutes(scope, { ...features.api, signer }),
      (scope) => metricsRoute(scope, metrics, config.metricsToken),
    ],
  });
}

/**
 * Ready: the database answers and the bot's token is accepted. A refused credential of the app registration is reported and does not make
 * it unready: taking the sidecar out of service would stop what still works.
 */
async function checkReady({ store, edges: { bot, credentialProblem } }: AppContext) {
  await Promise.all([store.connections.count(), bot.me()]);
  return [credentialProblem()].filter((problem) => problem !== null);
}
