import type { Tokens } from '../connect/tokens.ts';
import type { ErrorCode } from '../core/errors.ts';
import { connectionOwner } from '../core/owner.ts';
import type { InboxItem, QueueItem } from '../core/ports/queue.ts';
import type { Connection, Message } from '../core/types.ts';
import { createCatchUp, requestCatchUp } from '../graph/catch-up/job.ts';
import { membersOfId } from '../graph/resources/members.ts';
import { createFeed } from '../graph/subscriptions/manager.ts';
import { leftInTeamsReply } from '../notify/left-in-teams.ts';
import { createFanOut, createSieve } from '../notify/pipeline/fan-out.ts';
import type { FeatureParts } from './context.ts';

/** The subscriptions, and what asks for catching up when they leave a gap. */
export function createSubscribing(parts: FeatureParts, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, log, clock, edges, store } = parts;
  const { subscriptions, connections, watermarks } = store;
  const { appToken, client, keyring } = edges.graph;
  return createFeed({
    subscriptions,
    connections,
    client,
    keyring,
    publicUrl: config.publicUrl,
    clock,
    random: Math.random,
    log,
    feed: config.feed,
    tid: config.microsoft.tenantId,
    tokenFor: (owner, minValidMs) =>
      owner.kind === 'tenant' ? appToken.get(minValidMs) : tokens.tokenFor(owner.id, minValidMs),
    failed: async (owner, code) => {
      if (owner.kind === 'connection') await connections.recordError(owner.id, code, clock.now());
    },
    mayHaveLost: (owner) => requestCatchUp({ watermarks, connections, clock }, owner),
  });
}

type Put = (items: readonly InboxItem[]) => Promise<{ stored: number; duplicate: number }>;

/** What reads from Graph with the tokens of users, or of the application where the organisation's feed is used. */
export function createReading(parts: FeatureParts, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, edges } = parts;
  const readers = edges.graph.readers({
    tokenFor: tokens.tokenFor,
    asksInBulk: (connection) => config.feed === 'tenant' && connection.tid === config.microsoft.tenantId,
  });
  /** Opens an item and notices what it says about its chat. */
  async function open(item: QueueItem): Promise<Message> {
    const message = await edges.graph.open(item);
    if (message.kind === 'system' && /^(members|chatRenamed)/.test(message.event ?? 'members')) {
      readers.chats.forget(message.chatId);
      readers.members.forget(message.chatId);
    }
    return message;
  }
  return { ...readers, open };
}

/** The way of the organisation's messages to those whom they concern. */
export function createSharing({ store }: FeatureParts, reading: ReturnType<typeof createReading>, put: Put) {
  const connectionsAmong = store.connections.among;
  const sieve = createSieve({ membersOfId, connectionsAmong });
  return {
    fanOut: createFanOut({ open: reading.open, members: reading.members.of, connectionsAmong, put }),
    /** For the webhook: stores what may concern somebody. */
    take: async (items: readonly InboxItem[]) => {
      const kept = await sieve(items);
      return kept.length === 0 ? { stored: 0, duplicate: 0 } : put(kept);
    },
  };
}

/** Notes an error of a connection. A notification that cannot be read is a message that has to be read from Teams instead. */
export function createErrorRecord({ store, clock }: FeatureParts) {
  const { connections, watermarks } = store;
  return async (id: string, code: ErrorCode, now: number): Promise<void> => {
    await connections.recordError(id, code, now);
    if (code === 'notification_unreadable')
      await requestCatchUp({ watermarks, connections, clock }, connectionOwner(id));
  };
}

/** The job that finds what notifications did not bring. */
export function createCatchingUp(parts: FeatureParts, reading: ReturnType<typeof createReading>, put: Put) {
  const { log, clock, edges, store, metrics, sealer } = parts;
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
