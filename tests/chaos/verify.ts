import type { Environment } from '../../playground/environment.ts';
import type { StoredPost } from '../../playground/mattermost-user.ts';
import type { Population, Reader } from './readers.ts';
import type { Written } from './traffic.ts';

/** What is in Mattermost in the end, against what was written in Teams. */
export interface Verdict {
  expected: number;
  found: number;
  missing: number;
  doubled: number;
  outOfOrder: number;
  /** Posts that show an older text than the message has. */
  stale: number;
  /** Deleted messages whose text can still be read. */
  readable: number;
  /** Messages that share a post with an earlier one. */
  folded: number;
  /** The first few faults, to find the cause. */
  details: string[];
}

/**
 * An acknowledgement and a post that cross each other within this time have no order: the request to Mattermost may have been on its way
 * when the notification came.
 */
const CROSSING_MS = 1_000;
const DETAILS = 20;

/** A message as a post shows it. `postedAt` is when Mattermost got the request for that post. */
interface Part {
  chatId: string;
  messageId: string;
  message: string;
  postedAt: number;
}

/** Reads everything back and compares. A message that was deleted in Teams may have a post or none. */
export async function verify(
  environment: Environment,
  population: Population,
  messages: readonly Written[],
): Promise<Verdict> {
  const verdict: Verdict = {
    expected: 0,
    found: 0,
    missing: 0,
    doubled: 0,
    outOfOrder: 0,
    stale: 0,
    readable: 0,
    folded: 0,
    details: [],
  };
  const acknowledged = await readAcknowledgements(environment);
  for (const reader of population.readers) {
    const posts = await environment.mattermost.get<StoredPost[]>(
      `/playground/posts?user=${reader.username}&from=msteams`,
    );
    const parts = posts.filter(({ delete_at }) => delete_at === 0).flatMap(partsOf);
    const mine = messages.filter(({ chat }) => chat.readers.includes(reader));
    verdict.folded += parts.length - new Set(parts.map(({ message }) => message)).size;
    countParts(verdict, reader, { parts, mine });
    countDisorder(verdict, reader, { parts, acknowledged });
  }
  return verdict;
}

function partsOf({ props, message, create_at, asked_at = create_at }: StoredPost & { asked_at?: number }): Part[] {
  type Told = { chatId: string; messageId: string };
  const { msteams, msteams_parts } = props as { msteams?: Partial<Told>; msteams_parts?: Told[] };
  const told = msteams_parts ?? (msteams?.messageId ? [msteams as Told] : []);
  return told.map(({ chatId, messageId }) => ({ chatId, messageId, message, postedAt: asked_at }));
}

function countParts(verdict: Verdict, reader: Reader, given: { parts: Part[]; mine: readonly Written[] }): void {
  const byMessage = Map.groupBy(given.parts, ({ chatId, messageId }) => `${chatId} ${messageId}`);
  for (const message of given.mine) {
    const copies = byMessage.get(`${message.chat.id} ${message.id}`) ?? [];
    const where = `${reader.username}: ${message.chat.id} ${message.id} (${message.text})`;
    for (const _copy of copies.slice(1)) note(verdict, 'doubled', where);
    if (message.deleted) {
      if (copies.some((copy) => copy.message.includes(message.text))) note(verdict, 'readable', where);
      continue;
    }
    verdict.expected += 1;
    if (copies.length === 0) note(verdict, 'missing', where);
    else {
      verdict.found += 1;
      if (copies.some((copy) => !copy.message.includes(message.text))) note(verdict, 'stale', where);
    }
  }
}

/**
 * Out of order, per chat and user: a message stands behind one with a higher id, although its notification had been acknowledged before
 * that other one was posted. What arrives after a newer message was posted can only be added (and is marked as late).
 */
function countDisorder(
  verdict: Verdict,
  reader: Reader,
  given: { parts: Part[]; acknowledged: Map<string, number> },
): void {
  for (const [chatId, parts] of Map.groupBy(given.parts, (part) => part.chatId)) {
    let newest: Part | null = null;
    for (const part of parts) {
      const knownAt = given.acknowledged.get(`${reader.oid} ${chatId} ${part.messageId}`) ?? Number.POSITIVE_INFINITY;
      if (newest === null || Number(part.messageId) >= Number(newest.messageId)) newest = part;
      else if (knownAt + CROSSING_MS < newest.postedAt)
        note(verdict, 'outOfOrder', `${reader.username}: ${chatId} ${part.messageId} behind ${newest.messageId}`);
    }
  }
}

type Count = Exclude<keyof Verdict, 'details'>;

function note(verdict: Verdict, what: Count, where: string): void {
  verdict[what] += 1;
  if (verdict.details.length < DETAILS) verdict.details.push(`${what}: ${where}`);
}

interface Notification {
  subscriptionId: string;
  changeType: string | null;
  chatId: string | null;
  messageId: string | null;
  attempts: Array<{ at: string; result: number | string }>;
}

/** When the sidecar first said yes to a notification of a message, by account, chat and message. */
async function readAcknowledgements(environment: Environment): Promise<Map<string, number>> {
  const { value } = await environment.microsoft.get<{ value: Array<{ id: string; resource: string }> }>(
    '/playground/subscriptions',
  );
  const owners = new Map(value.map(({ id, resource }) => [id, /users\/([^/]+)/.exec(resource)?.[1] ?? '']));
  const { items } = await environment.microsoft.get<{ items: Notification[] }>('/playground/notifications?items=all');
  const times = new Map<string, number>();
  for (const { subscriptionId, chatId, messageId, changeType, attempts } of items) {
    const accepted = attempts.find(({ result }) => result === 202);
    if (!accepted || changeType === 'deleted') continue;
    const key = `${owners.get(subscriptionId)} ${chatId} ${messageId}`;
    times.set(key, Math.min(times.get(key) ?? Number.POSITIVE_INFINITY, Date.parse(accepted.at)));
  }
  return times;
}
