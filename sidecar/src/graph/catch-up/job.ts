import { createHash } from 'node:crypto';
import { inParallel } from '../../core/concurrency.ts';
import type { Sealer } from '../../core/encryption.ts';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import { connectionOwner } from '../../core/owner.ts';
import type { KnownMessage, MessageStatus, Watermark, Watermarks } from '../../core/ports/catch-up.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { DeliveryKey } from '../../core/ports/deliveries.ts';
import type { InboxItem } from '../../core/ports/queue.ts';
import type { Clock } from '../../core/time.ts';
import { HOUR, MINUTE } from '../../core/time.ts';
import type { Connection, Message, Owner } from '../../core/types.ts';
import { sealMessage } from '../encryption/decrypt-message.ts';
import type { ChatHistory, MessageWithJson } from './chat-history.ts';
import type { MissedMessage } from './plan.ts';
import { lookFrom, MOST_MESSAGES, planCatchUp } from './plan.ts';

export interface CatchUpDeps {
  watermarks: Pick<Watermarks, 'requestAll' | 'claim' | 'advance'>;
  messageStatus: MessageStatus;
  connections: Pick<Connections, 'find'>;
  history: ChatHistory;
  /** Puts items into the inbox. */
  put(items: readonly InboxItem[]): Promise<unknown>;
  /** Tells the user how many messages were left in Teams; `atLeast` when not all were counted. */
  tellMore(connection: Connection, more: { count: number; atLeast: boolean }): Promise<void>;
  sealer: Pick<Sealer, 'seal'>;
  metrics: Pick<Metrics, 'skipped'>;
  clock: Clock;
  log: Log;
}

const AT_ONCE = 32;
const WIDTH = 8;
/**
 * Every connection is caught up this often without a request: Graph sends the lifecycle event `missed` for Outlook only.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
const CATCH_UP_EVERY = 2 * HOUR;
/** After this, a connection whose catch-up was cut short is due again. */
const CLAIM = 10 * MINUTE;
const AFTER_FAILURE = 2 * MINUTE;
/** The newest messages may still come as notifications. The next run reads them again and skips those that came. */
const OVERLAP = 2 * MINUTE;

export interface CatchUpRequestDeps {
  watermarks: Pick<Watermarks, 'request' | 'requestAll'>;
  connections: Pick<Connections, 'find'>;
  clock: Clock;
}

/** Requests catch-up as soon as possible, for one connection or for all; any replica may run it. */
export async function requestCatchUp({ watermarks, connections, clock }: CatchUpRequestDeps, owner: Owner) {
  if (owner.kind === 'tenant') return watermarks.requestAll(clock.now());
  const connection = await connections.find(owner.id);
  if (connection) await watermarks.request({ connectionId: owner.id, from: connection.connectedAt }, clock.now());
}

/**
 * The catch-up job: reads the messages of a connection's chats after its watermark and puts those that no notification brought into the
 * same inbox, so that order, once-only and every decision are those of a notification. The first round of a process covers all connections;
 * later ones take those for which catch-up was requested or whose time has come. `more` when others may be due. One replica runs it:
 * Graph's limits are those of all replicas together.
 */
export function createCatchUp(deps: CatchUpDeps): (signal: AbortSignal) => Promise<'more' | 'done'> {
  let isFirst = true;
  return async (signal) => {
    const now = deps.clock.now();
    if (isFirst) await deps.watermarks.requestAll(now);
    isFirst = false;
    const claimedUntil = now + CLAIM;
    const due = await deps.watermarks.claim({ now, limit: AT_ONCE, until: claimedUntil });
    await inParallel(due, { width: WIDTH, signal }, (mark) => attempt(deps, { ...mark, claimedUntil }));
    return due.length === AT_ONCE ? 'more' : 'done';
  };
}

async function attempt(deps: CatchUpDeps, mark: Watermark & { claimedUntil: number }): Promise<void> {
  const { watermarks, clock, log } = deps;
  const { connectionId } = mark;
  const startedAt = clock.now();
  try {
    const connection = await deps.connections.find(connectionId);
    const isWanted = connection?.state === 'connected' && connection.preferences.enabled;
    const oldestWaiting = isWanted ? await catchUp(deps, connection, mark) : Number.POSITIVE_INFINITY;
    const caughtUpTo = Math.max(mark.caughtUpTo, Math.min(startedAt - OVERLAP, oldestWaiting - 1));
    await watermarks.advance({ ...mark, caughtUpTo, dueAt: startedAt + spread(connectionId, startedAt) });
  } catch (error) {
    const { code, retryAfterMs = 0, fields } = toAppError(error);
    log.info({ connectionId, code, ...fields }, 'A connection could not be caught up; it is tried again.');
    await watermarks.advance({ ...mark, dueAt: clock.now() + Math.max(AFTER_FAILURE, retryAfterMs) }).catch(() => {});
  }
}

/** Three to five quarters of the usual time, so that connections do not fall due together. */
function spread(connectionId: string, now: number): number {
  const part = createHash('sha256').update(`${connectionId} ${now}`).digest().readUInt32BE(0) / 2 ** 32;
  return Math.floor(CATCH_UP_EVERY * (0.75 + part / 2));
}

/**
 * Catches one connection up. Resolves to the time of the oldest message that still waits in the inbox, infinity for none: should it be
 * given up there, a later run must read it again.
 */
async function catchUp(deps: CatchUpDeps, connection: Connection, mark: Watermark): Promise<number> {
  const now = deps.clock.now();
  const since = lookFrom(connection, { caughtUpTo: mark.caughtUpTo, now });
  const { chats, isComplete } = await deps.history.since(connection, since);
  const known = await Promise.all(chats.map((chat) => knownOf(deps, connection, chat)));
  const plan = planCatchUp(connection, {
    chats: chats.map(({ readAt, messages }, index) => ({
      readAt,
      messages: messages.map(({ message }) => message),
      known: known[index] ?? [],
    })),
    since,
    most: MOST_MESSAGES,
  });
  const jsonOf = new Map<Message, unknown>(chats.flatMap(({ messages }) => messages.map((m) => [m.message, m.json])));
  await putMissed(deps, connection, { plan, jsonOf, isComplete });
  const waiting = new Set(known.flat().flatMap((one) => (one.state === 'waiting' ? [one.messageId] : [])));
  return Math.min(...[...jsonOf.keys()].filter(({ id }) => waiting.has(id)).map(({ createdAt }) => createdAt));
}

function knownOf(
  deps: CatchUpDeps,
  { id, userId, tid }: Connection,
  { chatId, messages }: { chatId: string; messages: readonly MessageWithJson[] },
): Promise<KnownMessage[]> {
  const messageIds = messages.map(({ message }) => message.id);
  return deps.messageStatus.find({ connectionId: id, userId, tid, chatId, messageIds });
}

/** The user is told about `more` before those are marked: after an interruption the sentence may come twice, but is never lost. */
async function putMissed(
  deps: CatchUpDeps,
  connection: Connection,
  found: { plan: ReturnType<typeof planCatchUp>; jsonOf: ReadonlyMap<Message, unknown>; isComplete: boolean },
): Promise<void> {
  const { plan, jsonOf, isComplete } = found;
  const { clock, messageStatus, metrics, log } = deps;
  const { caught, read, more } = plan;
  const keys = (messages: readonly Message[]) => messages.map((message) => keyOf(connection, message));
  if (caught.length > 0) await deps.put(caught.map((one) => itemOf(deps, connection, { ...one, jsonOf })));
  const marked = await messageStatus.markSkipped(keys(read), clock.now());
  for (let n = 0; n < marked; n += 1) metrics.skipped('already_read');
  if (more.length > 0) {
    await deps.tellMore(connection, { count: more.length, atLeast: !isComplete });
    await messageStatus.markSkipped(keys(more), clock.now());
  }
  if (caught.length + more.length === 0) return;
  const counts = { caught: caught.length, read: read.length, left: more.length };
  log.info({ connectionId: connection.id, ...counts }, 'Messages that no notification had brought were caught up.');
}

function keyOf({ userId, tid }: Connection, { chatId, id }: Message): DeliveryKey {
  return { userId, tid, chatId, messageId: id };
}

function itemOf(
  { sealer, clock }: CatchUpDeps,
  { id, tid }: Connection,
  { message, change, jsonOf }: MissedMessage & { jsonOf: ReadonlyMap<Message, unknown> },
): InboxItem {
  const place = { owner: connectionOwner(id), chatId: message.chatId, messageId: message.id };
  const payload = sealMessage(sealer, place, jsonOf.get(message));
  return { ...place, source: { kind: 'catch-up' }, tid, change, payload, receivedAt: clock.now() };
}
