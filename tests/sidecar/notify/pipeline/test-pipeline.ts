import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createWakeSignal } from '../../../../sidecar/src/core/concurrency.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { Metrics } from '../../../../sidecar/src/core/metrics.ts';
import { ownerKey } from '../../../../sidecar/src/core/owner.ts';
import type { InboxItem, QueueItem } from '../../../../sidecar/src/core/ports/queue.ts';
import type { ChatKind, Connection, Message, PostDraft, Presence } from '../../../../sidecar/src/core/types.ts';
import type { DraftRequest } from '../../../../sidecar/src/notify/pipeline/ports.ts';
import { createWorker, type WorkerPorts } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import type { Database } from '../../../../sidecar/src/store/database/sql.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { createConnections } from '../../../../sidecar/src/store/tables/connections.ts';
import { createDeliveries } from '../../../../sidecar/src/store/tables/deliveries.ts';
import { createDigests } from '../../../../sidecar/src/store/tables/digests.ts';
import { createRecipients } from '../../../../sidecar/src/store/tables/recipients.ts';
import { connection, inboxItem, START } from '../../../support/builders.ts';
import { createFakeClock, type FakeClock } from '../../../support/clock.ts';
import { silentLog } from '../../../support/log.ts';
import { createSmallMattermost } from './mattermost-in-memory.ts';

/** A fake clock on which a sleep too short to be moved for, as between two looks at the queue, ends by itself after a moment. */
export function createPipelineClock(): FakeClock {
  const clock = createFakeClock(START);
  return { ...clock, sleep: (ms, signal) => (ms < 100 ? sleep(2) : clock.sleep(ms, signal)) };
}

export function created(one: Message): InboxItem {
  return notification(one, 'created');
}

/** The same message, edited a moment later. */
export function edited(one: Message, content: string): InboxItem {
  const at = one.lastModifiedAt + 1_000;
  const body = { type: 'text' as const, content };
  return notification({ ...one, version: '2', lastModifiedAt: at, lastEditedAt: at, body }, 'updated');
}

export function deleted(one: Message): InboxItem {
  return { ...notification(one, 'deleted'), payload: null };
}

export function notification(one: Message, change: InboxItem['change']): InboxItem {
  return inboxItem({ chatId: one.chatId, messageId: one.id, change, payload: JSON.stringify(one), receivedAt: START });
}

interface Facts {
  connection: Connection | null;
  chatKind: ChatKind;
  presence: Presence;
  deactivated: boolean;
  presenceCalls: number;
  /** Owners for which catch-up was requested. */
  catchUps: string[];
  /** Posts are written as cards, which can be folded. */
  hasCards: boolean;
}

/** The pipeline between a real inbox and a Mattermost in memory. */
export function createTestPipeline(db: Database) {
  const clock = createPipelineClock();
  const mattermost = createSmallMattermost();
  const inbox = createInbox(db, { holdMs: 0 });
  const deliveries = createDeliveries(db);
  const connections = createConnections(db);
  const recipients = createRecipients(db);
  const counted: string[] = [];
  const metrics: Metrics = {
    notificationReceived: () => {},
    delivery: (outcome) => void counted.push(outcome),
    skipped: (reason) => void counted.push(reason),
    outbound: () => {},
  };
  const facts: Facts = {
    connection: connection(),
    chatKind: 'group',
    presence: { availability: 'Offline', activity: 'Offline' },
    deactivated: false,
    presenceCalls: 0,
    catchUps: [],
    hasCards: false,
  };
  const deps = (holder: string): WorkerPorts => ({
    inbox,
    deliveries,
    fanOut: async () => {},
    mattermost: mattermost.verbs,
    open: async (one: QueueItem) => open(one),
    recipients: {
      of: async (one) => {
        if (facts.connection === null) return null;
        await connections.create(facts.connection, 'sealed').catch(() => {});
        const found = await recipients.of(one);
        return found && { ...found, connection: facts.connection };
      },
    },
    user: async (id) => ({
      id,
      username: 'ann',
      name: 'Ann',
      email: null,
      locale: 'en',
      isBot: false,
      deactivated: facts.deactivated,
    }),
    presence: async () => {
      facts.presenceCalls += 1;
      return facts.presence;
    },
    chat: async () => ({ id: 'c1', kind: facts.chatKind, topic: 'Budget', members: [] }),
    digests: createDigests(db),
    notice: async ({ message: one }) => `sealed ${one.id}`,
    draft: async (request) => (facts.hasCards ? cardOf(request) : { message: textOf(request), props: {} }),
    recordError: async () => {},
    requestCatchUp: async (owner) => void facts.catchUps.push(ownerKey(owner)),
    ready: createWakeSignal(clock.sleep),
    clock,
    log: silentLog,
    metrics,
    randomId: randomUUID,
    random: () => 0,
    holder,
    settings: { concurrency: 8, leaseMs: 30_000, pollMs: 5, graceMs: 1_000 },
  });
  /** Runs a worker until the inbox is empty, moving the clock so that every wait ends. */
  const drain = async (worker = createWorker(deps(randomUUID())), stepMs = 1_000) => {
    const stop = new AbortController();
    const running = worker.run(stop.signal);
    const giveUpAt = Date.now() + 60_000;
    while ((await inbox.backlog()).items > 0) {
      if (Date.now() > giveUpAt) throw new Error('The inbox does not become empty.');
      clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    stop.abort();
    await running;
  };
  return { clock, mattermost, inbox, deliveries, counted, facts, deps, drain };
}

export type TestPipeline = ReturnType<typeof createTestPipeline>;

function open(one: QueueItem): Message {
  if (one.payload === 'garbage') throw new AppError('notification_unreadable', 'not a message');
  return JSON.parse(one.payload ?? 'null');
}

function cardOf(request: DraftRequest): PostDraft {
  const { chatId, messageId } = request.item;
  const body = textOf(request);
  const deleted = request.action === 'remove';
  return {
    message: `Bo in Budget\n\n${body}`,
    props: {
      msteams: { chatId, messageId, sender: 'Bo', senderNote: '', link: 'https://teams.example', deleted, body },
    },
  };
}

function textOf({ action, message: one, late }: DraftRequest): string {
  if (action === 'remove') return '(deleted)';
  return `${late ? '(late) ' : ''}${one?.body.content}`;
}
