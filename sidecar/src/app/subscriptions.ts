import type { Tokens } from '../connect/tokens.ts';
import type { InboxItem } from '../core/ports/queue.ts';
import type { Connection } from '../core/types.ts';
import { createCatchUp, requestCatchUp } from '../graph/catch-up/job.ts';
import { createSubscriptionManager } from '../graph/subscriptions/manager.ts';
import { createOwnerToken } from '../graph/subscriptions/owner-token.ts';
import { leftInTeamsReply } from '../notify/left-in-teams.ts';
import type { AppContext } from './context.ts';

/** The Graph subscriptions; where they leave a gap, catch-up is requested. */
export function createSubscriptions(context: AppContext, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, log, clock, edges, store } = context;
  const { subscriptions, connections, watermarks } = store;
  const { appToken, client, certificates } = edges.graph;
  return createSubscriptionManager({
    subscriptions,
    connections,
    client,
    certificates,
    publicUrl: config.publicUrl,
    clock,
    random: Math.random,
    log,
    feed: config.feed,
    tid: config.microsoft.tenantId,
    tokenFor: createOwnerToken({ tokens, appToken }),
    recordError: connections.recordError,
    mayHaveLost: (owner) => requestCatchUp({ watermarks, connections, clock }, owner),
  });
}

type Put = (items: readonly InboxItem[]) => Promise<{ stored: number; duplicate: number }>;

/** The readers of Graph, with the tokens of users, or of the application where FEED=tenant. */
export function createGraphReaders(context: AppContext, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, edges } = context;
  return edges.graph.readers({
    tokenFor: tokens.tokenFor,
    asksInBulk: (connection) => config.feed === 'tenant' && connection.tid === config.microsoft.tenantId,
  });
}

/** The job that reads the messages that no notification brought. */
export function createCatchUpJob(context: AppContext, reading: ReturnType<typeof createGraphReaders>, put: Put) {
  const { log, clock, edges, store, metrics, sealer } = context;
  const { watermarks, messageStatus, connections } = store;
  const { bot } = edges;
  const tellMore = async (connection: Connection, more: { count: number; atLeast: boolean }) => {
    const { locale } = await bot.recentUser(connection.userId);
    await bot.send(connection.userId, leftInTeamsReply(locale, more));
  };
  return createCatchUp({
    watermarks,
    messageStatus,
    connections,
    history: reading.history,
    put,
    tellMore,
    sealer,
    metrics,
    clock,
    log,
  });
}
