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

interface World {
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
  const world: World = {
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
    if (one.kind === 'wait') world.now += one.ms;
    else if (one.kind === 'put') await put(world, one);
    else if (one.kind === 'claim') await claim(world, one);
    else await write(world, one);
  }
  const waiting = [...world.queues.values()].reduce((sum, queue) => sum + queue.items.length, 0);
  assert.equal((await inbox.backlog()).items, waiting);
  assert.equal(world.stored, waiting + world.completed + world.deadLetters);
  await drain(world);
}

async function put(world: World, { chat, message, change }: Extract<Step, { kind: 'put' }>): Promise<void> {
  const one = inboxItem({ chatId: `c${chat}`, messageId: `${1_000 + message}`, change: CHANGES[change] ?? 'created' });
  const queue = world.queues.get(one.chatId) ?? { items: [], readyAt: null, claim: null, cameSince: false };
  world.queues.set(one.chatId, queue);
  const isNew = !queue.items.some((other) => other.messageId === one.messageId && other.change === one.change);
  const [result] = await world.inbox.put([[one]], world.now);
  assert.deepEqual(result, { stored: isNew ? 1 : 0, duplicate: isNew ? 0 : 1 });
  if (isNew) queue.items.push(one);
  queue.items.sort(inOrder);
  queue.readyAt ??= world.now + HOLD_MS;
  queue.cameSince = true;
  world.stored += isNew ? 1 : 0;
}

async function claim(world: World, { holder, limit }: { holder: number; limit: number }): Promise<ChatQueue[]> {
  const { now, queues } = world;
  const ready = [...queues.values()].filter(({ readyAt }) => readyAt !== null && readyAt <= now);
  const times = ready.map(({ readyAt }) => readyAt ?? 0).sort((a, b) => a - b);
  const found = await world.inbox.claim({ holder: `h${holder}`, limit, now, leaseMs: LEASE_MS });
  assert.equal(found.length, Math.min(limit, ready.length));
  const claimedTimes = found.map(({ chatId }) => queues.get(chatId)?.readyAt ?? Number.NaN).sort((a, b) => a - b);
  assert.deepEqual(claimedTimes, times.slice(0, limit));
  for (const queue of found) {
    const model = queues.get(queue.chatId);
    assert.ok(model);
    assert.deepEqual(queue.items.map(name), model.items.map(name));
    Object.assign(model, { readyAt: now + LEASE_MS, claim: queue, cameSince: false });
    world.claims.push(queue);
  }
  return found;
}

async function write(world: World, { kind, claim }: { kind: Write; claim: number }): Promise<void> {
  const queue = world.claims.at(-1 - claim);
  if (!queue) return;
  const model = world.queues.get(queue.chatId);
  assert.ok(model);
  const holds = model.claim === queue;
  const left = model.items.filter((one) => queue.items.some((claimed) => name(claimed) === name(one)));
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
  const outcome = await attempt(() => act(world, { kind, queue, itemId: itemId ?? '', last }));
  assert.equal(outcome, holds ? 'done' : 'lease_lost');
  if (!holds) return;
  if (kind === 'complete' || kind === 'deliver' || kind === 'moveToDeadLetters') {
    model.items = model.items.filter((one) => one !== first);
    world[kind === 'moveToDeadLetters' ? 'deadLetters' : 'completed'] += 1;
    if (kind === 'deliver' && last) model.readyAt = model.cameSince ? world.now : null;
  } else if (kind === 'finish') {
    model.readyAt = model.cameSince ? world.now : null;
  } else model.readyAt = kind === 'retry' ? world.now + 7 : world.now;
}

function act(
  { inbox, deliveries, now }: World,
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
async function drain(world: World): Promise<void> {
  for (let round = 0; round < 5; round++) {
    world.now += LEASE_MS + HOLD_MS + 10;
    for (const queue of await claim(world, { holder: 0, limit: 10 })) {
      const model = world.queues.get(queue.chatId);
      assert.ok(model);
      if (queue.items.length > 0)
        await world.inbox.complete(
          queue,
          queue.items.map(({ id }) => id),
        );
      await world.inbox.finish(queue, world.now);
      Object.assign(model, { items: [], readyAt: null });
    }
  }
  assert.deepEqual(await world.inbox.backlog(), { items: 0, chatQueues: 0, oldestAt: null });
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
