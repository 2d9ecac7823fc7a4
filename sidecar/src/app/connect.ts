import { isAllowed } from '../admin/allow-list.ts';
import type { DeactivatedUsersDeps } from '../connect/deactivated-users.ts';
import { createDisconnect } from '../connect/disconnect.ts';
import { createDeadSignIn } from '../connect/ended-sign-in.ts';
import { createConnectFlow } from '../connect/sign-in/flow.ts';
import { createTokens } from '../connect/tokens.ts';
import type { Connection } from '../core/types.ts';
import type { FeatureParts } from './context.ts';
import { createSubscribing } from './subscriptions.ts';

/** Sign-in, tokens and the feed that lives on them. */
export function createConnecting(parts: FeatureParts) {
  const { config, log, clock, edges, store, sealer } = parts;
  const { connections, signIns } = store;
  const { bot, entra, graph } = edges;
  const { publicUrl, maxConnections } = config;
  const user = bot.recentUser;
  // A dead sign-in stops the feed, and the feed needs tokens: the one circle in the house, closed by this late look-up.
  const stop = (connection: Connection) => feed.stop(connection);
  const tokens = createTokens({
    connections,
    renewals: store.tokenRenewals,
    isRefused: graph.client.isRefused,
    sealer,
    entra,
    clock,
    log,
    onDead: createDeadSignIn({ feed: { stop }, user, bot, log }),
  });
  const feed = createSubscribing(parts, tokens);
  const flow = createConnectFlow({
    connections,
    signIns,
    sealer,
    entra,
    me: graph.me,
    tokens,
    feed,
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
    inbox: store.inbox,
    admits: (someone) => isAllowed(store, someone.email),
  });
  const disconnect = createDisconnect({ connections, tokens, feed, user, bot, log });
  const deactivatedUsers: DeactivatedUsersDeps = {
    connections,
    log,
    disconnect,
    usersByIds: bot.usersByIds,
    user: bot.user,
    listen: edges.listenForDeactivations,
  };
  return { tokens, feed, flow, disconnect, deactivatedUsers };
}
