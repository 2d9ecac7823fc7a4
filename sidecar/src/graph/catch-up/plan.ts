import type { KnownMessage } from '../../core/ports/catch-up.ts';
import { DAY } from '../../core/time.ts';
import type { ChangeType, Connection, Message } from '../../core/types.ts';

/** One chat as read from Graph. `readAt`: up to when the user has read it in Teams; `known`: its messages that are stored already. */
export interface ChatToCatchUp {
  readAt: number | null;
  messages: readonly Message[];
  known: readonly KnownMessage[];
}

/** A missed message, to be put into the inbox as this change. */
export interface MissedMessage {
  message: Message;
  change: ChangeType;
}

/** `read`: read by the user in Teams, not delivered. `more`: beyond the limit, only their number is told. */
export interface CatchUpPlan {
  caught: MissedMessage[];
  read: Message[];
  more: Message[];
}

/** The most messages that one catch-up delivers, and the longest time back. */
export const MOST_MESSAGES = 200;
export const LONGEST_GAP = DAY;

/** The time from which messages are read: the watermark, not before the connection was made, and at most a day back. */
export function lookFrom(
  { connectedAt }: Pick<Connection, 'connectedAt'>,
  { caughtUpTo, now }: { caughtUpTo: number; now: number },
): number {
  return Math.max(caughtUpTo, connectedAt, now - LONGEST_GAP);
}

type Verdict = ChangeType | 'read' | 'nothing';

/**
 * Decides about the messages that were read from Graph. Own messages, system messages and messages known in their newest version need
 * nothing. Of the missed ones the newest `most` are delivered, in the order they were written.
 */
export function planCatchUp(
  { oid }: Pick<Connection, 'oid'>,
  { chats, since, most }: { chats: readonly ChatToCatchUp[]; since: number; most: number },
): CatchUpPlan {
  const verdicts = chats.flatMap(({ messages, known, readAt }) => {
    const byId = new Map(known.map((one) => [one.messageId, one]));
    return messages.map((message) => ({
      message,
      verdict: verdictOn(message, { oid, since, readAt, known: byId.get(message.id) }),
    }));
  });
  const those = (verdict: Verdict) => verdicts.filter((one) => one.verdict === verdict).map(({ message }) => message);
  const fresh = those('created').toSorted((a, b) => a.createdAt - b.createdAt || Number(a.id) - Number(b.id));
  const first = Math.max(0, fresh.length - most);
  return {
    caught: [...asChange(fresh.slice(first), 'created'), ...asChange(those('updated'), 'updated')].concat(
      asChange(those('deleted'), 'deleted'),
    ),
    read: those('read'),
    more: fresh.slice(0, first),
  };
}

function verdictOn(
  message: Message,
  chat: { oid: string; since: number; readAt: number | null; known: KnownMessage | undefined },
): Verdict {
  const { oid, since, readAt, known } = chat;
  if (message.kind === 'system') return 'nothing';
  if (message.sender?.kind === 'user' && message.sender.id === oid) return 'nothing';
  if (known) return verdictOnKnown(message, known);
  // A change of an older message, such as a reaction: without its former state there is nothing to tell.
  if (message.deletedAt !== null || message.createdAt <= since) return 'nothing';
  return readAt !== null && message.createdAt <= readAt ? 'read' : 'created';
}

function verdictOnKnown({ deletedAt, lastEditedAt }: Message, { state, editedAt }: KnownMessage): Verdict {
  if (state !== 'posted') return 'nothing';
  if (deletedAt !== null) return 'deleted';
  return (lastEditedAt ?? 0) > (editedAt ?? 0) ? 'updated' : 'nothing';
}

function asChange(messages: readonly Message[], change: ChangeType): MissedMessage[] {
  return messages.map((message) => ({ message, change }));
}
