import { isAllowed } from '../admin/allow-list.ts';
import type { DeactivatedUsersDeps } from '../connect/deactivated-users.ts';
import { createDisconnect } from '../connect/disconnect.ts';
import { createEndedSignIn } from '../connect/ended-sign-in.ts';
import { createSignInFlow } from '../connect/sign-in/flow.ts';
import { createTokens } from '../connect/tokens.ts';
import type { AppContext } from './context.ts';
import { createSubscriptions } from './subscriptions.ts';

/** Sign-in, tokens and the subscriptions that use them. */
export function createConnect(context: AppContext) {
  const { config, log, clock, edges, store, sealer } = context;
  const { connections, signIns } = store;
  const { bot, entra, graph } = edges;
  const { publicUrl, maxConnections } = config;
  const user = bot.recentUser;
  const tokens = createTokens({
    connections,
    renewals: store.tokenRenewals,
    isRefused: graph.client.isRefused,
    sealer,
    entra,
    clock,
    log,
  });
  const subscriptions = createSubscriptions(context, tokens);
  tokens.onSignInEnded(createEndedSignIn({ subscriptions, user, bot, log }));
  const flow = createSignInFlow({
    connections,
    signIns,
    sealer,
    entra,
    me: graph.me,
    tokens,
    subscriptions,
    bot,
    publicUrl,
    maxConnections,
    clock,
    log,
    user: bot.user,
    userByEmail: bot.userByEmail,
    emailsVisible: bot.emailsVisible,
    session: edges.session,
    accountMatch: config.accountMatch,
    tenantConsents: store.tenantConsents,
    installationState: store.installationState,
    inbox: store.inbox,
    admits: (someone) => isAllowed(store, someone.email),
  });
  const disconnect = createDisconnect({ connections, tokens, subscriptions, user, bot, log });
  const deactivatedUsers: DeactivatedUsersDeps = {
    connections,
    log,
    disconnect,
    usersByIds: bot.usersByIds,
    user: bot.user,
    listen: edges.listenForDeactivations,
  };
  return { tokens, subscriptions, flow, disconnect, deactivatedUsers };
}
