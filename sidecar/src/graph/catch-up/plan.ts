import type { KnownMessage } from '../../core/ports/catch-up.ts';
import { DAY } from '../../core/time.ts';
import type { ChangeType, Connection, Message } from '../../core/types.ts';

/** One chat as it was read: its messages, up to when the person has read it in Teams, and what is known of the messages. */
export interface ReadChat {
  readAt: number | null;
  messages: readonly Message[];
  known: readonly KnownMessage[];
}

/** A message to be put into the inbox as this change. */
export interface Catch {
  message: Message;
  change: ChangeType;
}

/** `read`: seen in Teams by the person, to be left there. `more`: beyond what may be caught up, to be told as a number. */
export interface CatchUpPlan {
  caught: Catch[];
  read: Message[];
  more: Message[];
}

/** The most that is caught up at once, and the longest time back. */
export const MOST_MESSAGES = 200;
export const LONGEST_GAP = DAY;

/** From when on messages are looked for: where the last look ended, not before the connection, and at most a day back. */
export function lookFrom(
  { connectedAt }: Pick<Connection, 'connectedAt'>,
  { caughtUpTo, now }: { caughtUpTo: number; now: number },
): number {
  return Math.max(caughtUpTo, connectedAt, now - LONGEST_GAP);
}

type Verdict = ChangeType | 'read' | 'nothing';

/**
 * What to do about the messages that were read from Graph. Own and system messages and what is known in its newest text are left alone;
 * of the new ones the newest are caught, each chat's in the order they were written.
 */
export function planCatchUp(
  { oid }: Pick<Connection, 'oid'>,
  { chats, since, most }: { chats: readonly ReadChat[]; since: number; most: number },
): CatchUpPlan {
  const judged = chats.flatMap(({ messages, known, readAt }) => {
    const byId = new Map(known.map((one) => [one.messageId, one]));
    return messages.map((message) => ({
      message,
      verdict: judge(message, { oid, since, readAt, known: byId.get(message.id) }),
    }));
  });
  const those = (verdict: Verdict) => judged.filter((one) => one.verdict === verdict).map(({ message }) => message);
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

interface Judging {
  oid: string;
  since: number;
  readAt: number | null;
  known: KnownMessage | undefined;
}

function judge(message: Message, { oid, since, readAt, known }: Judging): Verdict {
  if (message.kind === 'system') return 'nothing';
  if (message.sender?.kind === 'user' && message.sender.id === oid) return 'nothing';
  if (known) return judgeKnown(message, known);
  // A change of an older message, such as a reaction: what it was before is not ours to tell.
  if (message.deletedAt !== null || message.createdAt <= since) return 'nothing';
  return readAt !== null && message.createdAt <= readAt ? 'read' : 'created';
}

function judgeKnown({ deletedAt, lastEditedAt }: Message, { state, editedAt }: KnownMessage): Verdict {
  if (state !== 'posted') return 'nothing';
  if (deletedAt !== null) return 'deleted';
  return (lastEditedAt ?? 0) > (editedAt ?? 0) ? 'updated' : 'nothing';
}

function asChange(messages: readonly Message[], change: ChangeType): Catch[] {
  return messages.map((message) => ({ message, change }));
}
