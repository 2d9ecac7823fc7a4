import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { Deliveries } from '../../../../sidecar/src/core/ports/deliveries.ts';
import type { ChatQueue, Inbox, InboxItem } from '../../../../sidecar/src/core/ports/queue.ts';
import type { Database } from '../../../../sidecar/src/store/database/sql.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { createDeliveries } from '../../../../sidecar/src/store/tables/deliveries.ts';
import { inboxItem } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

const HOLD_MS = 5;
const LEASE_MS = 20;
const CHANGES = ['created', 'updated', 'deleted'] as const;

/** The model of the inbox: the same guarantees without a database. */
interface ModelQueue {
  items: InboxItem[];
  readyAt: number | null;
  /** The claim that counts; an older claim is refused. */
  claim: ChatQueue | null;
  cameSince: boolean;
}

/** `deliver` confirms an item as posted; when it is the last of the claim, the chat queue is given back with it. */
type Write = 'complete' | 'deliver' | 'finish' | 'release' | 'moveToDeadLetters' | 'retry';

type Step =
  | { kind: 'put'; chat: number; message: number; change: number }
  | { kind: 'claim'; holder: number; limit: number }
  | { kind: Write; claim: number }
  | { kind: 'wait'; ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('put' as const), chat: fc.nat(1), message: fc.nat(4), change: fc.nat(2) }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('claim' as const),
      holder: fc.nat(1),
      limit: fc.integer({ min: 1, max: 3 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'complete' as const,
        'deliver' as const,
        'deliver' as const,
        'finish' as const,
        'release' as const,
        'moveToDeadLetters' as const,
        'retry' as const,
      ),
      claim: fc.nat(2),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, HOLD_MS, LEASE_MS) }),
  },
);

for (const kind of await databaseKinds()) {
  describe(`inbox against its model on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);

    it('claims, completes, retries and loses leases as the model does, with two holders', async () => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => play(db, steps));
      await fc.assert(property, { numRuns: kind.name === 'SQLite' ? 150 : 40 });
    });
  });
}

interface ModelRun {
  inbox: Inbox;
  deliveries: Deliveries;
  queues: Map<string, ModelQueue>;
  claims: ChatQueue[];
  now: number;
  stored: number;
  completed: number;
  deadLetters: number;
}

async function play(db: Database, steps: Step[]): Promise<void> {
  for (const table of ['lanes', 'inbox', 'dead_letters', 'deliveries']) await db.query(`delete from ${table}`);
  const inbox = createInbox(db, { holdMs: HOLD_MS });
  const deliveries = createDeliveries(db);
  const run: ModelRun = {
    inbox,
    deliveries,
    queues: new Map(),
    claims: [],
    now: 1_000,
    stored: 0,
    completed: 0,
    deadLetters: 0,
  };
  for (const one of steps) {
    if (one.kind === 'wait') run.now += one.ms;
    else if (one.kind === 'put') await put(run, one);
    else if (one.kind === 'claim') await claim(run, one);
    else await write(run, one);
  }
  const waiting = [...run.queues.values()].reduce((sum, queue) => sum + queue.items.length, 0);
  assert.equal((await inbox.backlog()).items, waiting);
  assert.equal(run.stored, waiting + run.completed + run.deadLetters);
  await drain(run);
}

async function put(run: ModelRun, { chat, message, change }: Extract<Step, { kind: 'put' }>): Promise<void> {
  const one = inboxItem({ chatId: `c${chat}`, messageId: `${1_000 + message}`, change: CHANGES[change] ?? 'created' });
  const queue = run.queues.get(one.chatId) ?? { items: [], readyAt: null, claim: null, cameSince: false };
  run.queues.set(one.chatId, queue);
  const isNew = !queue.items.some((other) => other.messageId === one.messageId && other.change === one.change);
  const [result] = await run.inbox.put([[one]], run.now);
  assert.deepEqual(result, { stored: isNew ? 1 : 0, duplicate: isNew ? 0 : 1 });
  if (isNew) queue.items.push(one);
  queue.items.sort(inOrder);
  queue.readyAt ??= run.now + HOLD_MS;
  queue.cameSince = true;
  run.stored += isNew ? 1 : 0;
}

async function claim(run: ModelRun, { holder, limit }: { holder: number; limit: number }): Promise<ChatQueue[]> {
  const { now, queues } = run;
  const ready = [...queues.values()].filter(({ readyAt }) => readyAt !== null && readyAt <= now);
  const times = ready.map(({ readyAt }) => readyAt ?? 0).sort((a, b) => a - b);
  const found = await run.inbox.claim({ holder: `h${holder}`, limit, now, leaseMs: LEASE_MS });
  assert.equal(found.length, Math.min(limit, ready.length));
  const claimedTimes = found.map(({ chatId }) => queues.get(chatId)?.readyAt ?? Number.NaN).sort((a, b) => a - b);
  assert.deepEqual(claimedTimes, times.slice(0, limit));
  for (const queue of found) {
    const modelQueue = queues.get(queue.chatId);
    assert.ok(modelQueue);
    assert.deepEqual(queue.items.map(name), modelQueue.items.map(name));
    Object.assign(modelQueue, { readyAt: now + LEASE_MS, claim: queue, cameSince: false });
    run.claims.push(queue);
  }
  return found;
}

async function write(run: ModelRun, { kind, claim }: { kind: Write; claim: number }): Promise<void> {
  const queue = run.claims.at(-1 - claim);
  if (!queue) return;
  const modelQueue = run.queues.get(queue.chatId);
  assert.ok(modelQueue);
  const holds = modelQueue.claim === queue;
  const left = modelQueue.items.filter((one) => queue.items.some((claimed) => name(claimed) === name(one)));
  const [first] = left;
  const last = left.length === 1;
  const itemId = queue.items.find((claimed) => first && name(claimed) === name(first))?.id;
  // A holder finishes a chat queue only when its items are done, and touches an item only while there is one.
  if (
    kind === 'finish'
      ? first !== undefined && holds
      : kind !== 'release' && (first === undefined || itemId === undefined)
  )
    return;
  const outcome = await attempt(() => act(run, { kind, queue, itemId: itemId ?? '', last }));
  assert.equal(outcome, holds ? 'done' : 'lease_lost');
  if (!holds) return;
  if (kind === 'complete' || kind === 'deliver' || kind === 'moveToDeadLetters') {
    modelQueue.items = modelQueue.items.filter((one) => one !== first);
    run[kind === 'moveToDeadLetters' ? 'deadLetters' : 'completed'] += 1;
    if (kind === 'deliver' && last) modelQueue.readyAt = modelQueue.cameSince ? run.now : null;
  } else if (kind === 'finish') {
    modelQueue.readyAt = modelQueue.cameSince ? run.now : null;
  } else modelQueue.readyAt = kind === 'retry' ? run.now + 7 : run.now;
}

function act(
  { inbox, deliveries, now }: ModelRun,
  { kind, queue, itemId, last }: { kind: Write; queue: ChatQueue; itemId: string; last: boolean },
): Promise<void> {
  switch (kind) {
    case 'deliver':
      return deliveries.confirm({
        queue,
        itemId,
        key: { userId: 'u', tid: 't', chatId: queue.chatId, messageId: '1' },
        state: 'posted',
        now,
        postId: 'p',
        version: null,
        order: null,
        openPost: null,
        notice: null,
        last,
      });
    case 'complete':
      return inbox.complete(queue, [itemId]);
    case 'moveToDeadLetters':
      return inbox.moveToDeadLetters({ queue, itemId, reason: 'internal', attempts: 1, now });
    case 'retry':
      return inbox.retry({ queue, itemId, runAt: now + 7, code: 'internal', attempts: 1 });
    case 'finish':
      return inbox.finish(queue, now);
    default:
      return inbox.release(queue, now);
  }
}

/** Once all leases have expired, every remaining item can be claimed, and nothing is left over. */
async function drain(run: ModelRun): Promise<void> {
  for (let round = 0; round < 5; round++) {
    run.now += LEASE_MS + HOLD_MS + 10;
    for (const queue of await claim(run, { holder: 0, limit: 10 })) {
      const modelQueue = run.queues.get(queue.chatId);
      assert.ok(modelQueue);
      if (queue.items.length > 0)
        await run.inbox.complete(
          queue,
          queue.items.map(({ id }) => id),
        );
      await run.inbox.finish(queue, run.now);
      Object.assign(modelQueue, { items: [], readyAt: null });
    }
  }
  assert.deepEqual(await run.inbox.backlog(), { items: 0, chatQueues: 0, oldestAt: null });
}

async function attempt(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
}

function name({ messageId, change }: InboxItem): string {
  return `${messageId} ${change}`;
}

function inOrder(a: InboxItem, b: InboxItem): number {
  return Number(a.messageId) - Number(b.messageId) || CHANGES.indexOf(a.change) - CHANGES.indexOf(b.change);
}
