import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Lane } from '../../../sidecar/src/core/ports/deliveries.ts';
import type { InboxItem } from '../../../sidecar/src/core/types.ts';
import type { Database } from '../../../sidecar/src/store/database/sql.ts';
import { createInbox, type Inbox } from '../../../sidecar/src/store/queue/inbox.ts';
import { createDeliveries, type Deliveries } from '../../../sidecar/src/store/tables/deliveries.ts';
import { databaseKinds } from './databases.ts';
import { item } from './samples.ts';

const HOLD_MS = 5;
const LEASE_MS = 20;
const CHANGES = ['created', 'updated', 'deleted'] as const;

/** What the inbox should be: the same promises without a database. */
interface ModelLane {
  items: InboxItem[];
  readyAt: number | null;
  /** The claim that counts; an older claim is refused. */
  claim: Lane | null;
  cameSince: boolean;
}

/** `deliver` settles an item as posted; when it is the last of the claim, the lane is given back with it. */
type Write = 'settle' | 'deliver' | 'finish' | 'release' | 'bury' | 'retry';

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
        'settle' as const,
        'deliver' as const,
        'deliver' as const,
        'finish' as const,
        'release' as const,
        'bury' as const,
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

    it('claims, settles, retries and loses leases as the model does, whatever two holders do', async () => {
      const property = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), (steps) => play(db, steps));
      await fc.assert(property, { numRuns: kind.name === 'SQLite' ? 150 : 40 });
    });
  });
}

interface World {
  inbox: Inbox;
  deliveries: Deliveries;
  lanes: Map<string, ModelLane>;
  claims: Lane[];
  now: number;
  stored: number;
  settled: number;
  buried: number;
}

async function play(db: Database, steps: Step[]): Promise<void> {
  for (const table of ['lanes', 'inbox', 'dead_letters', 'deliveries']) await db.query(`delete from ${table}`);
  const inbox = createInbox(db, { holdMs: HOLD_MS });
  const deliveries = createDeliveries(db);
  const world: World = {
    inbox,
    deliveries,
    lanes: new Map(),
    claims: [],
    now: 1_000,
    stored: 0,
    settled: 0,
    buried: 0,
  };
  for (const one of steps) {
    if (one.kind === 'wait') world.now += one.ms;
    else if (one.kind === 'put') await put(world, one);
    else if (one.kind === 'claim') await claim(world, one);
    else await write(world, one);
  }
  const waiting = [...world.lanes.values()].reduce((sum, lane) => sum + lane.items.length, 0);
  assert.equal((await inbox.backlog()).items, waiting);
  assert.equal(world.stored, waiting + world.settled + world.buried);
  await drain(world);
}

async function put(world: World, { chat, message, change }: Extract<Step, { kind: 'put' }>): Promise<void> {
  const one = item({ chatId: `c${chat}`, messageId: `${1_000 + message}`, change: CHANGES[change] ?? 'created' });
  const lane = world.lanes.get(one.chatId) ?? { items: [], readyAt: null, claim: null, cameSince: false };
  world.lanes.set(one.chatId, lane);
  const isNew = !lane.items.some((other) => other.messageId === one.messageId && other.change === one.change);
  const [result] = await world.inbox.put([[one]], world.now);
  assert.deepEqual(result, { stored: isNew ? 1 : 0, duplicate: isNew ? 0 : 1 });
  if (isNew) lane.items.push(one);
  lane.items.sort(inOrder);
  lane.readyAt ??= world.now + HOLD_MS;
  lane.cameSince = true;
  world.stored += isNew ? 1 : 0;
}

async function claim(world: World, { holder, limit }: { holder: number; limit: number }): Promise<Lane[]> {
  const { now, lanes } = world;
  const ready = [...lanes.values()].filter(({ readyAt }) => readyAt !== null && readyAt <= now);
  const times = ready.map(({ readyAt }) => readyAt ?? 0).sort((a, b) => a - b);
  const found = await world.inbox.claim({ holder: `h${holder}`, limit, now, leaseMs: LEASE_MS });
  assert.equal(found.length, Math.min(limit, ready.length));
  const claimedTimes = found.map(({ chatId }) => lanes.get(chatId)?.readyAt ?? Number.NaN).sort((a, b) => a - b);
  assert.deepEqual(claimedTimes, times.slice(0, limit));
  for (const lane of found) {
    const model = lanes.get(lane.chatId);
    assert.ok(model);
    assert.deepEqual(lane.items.map(name), model.items.map(name));
    Object.assign(model, { readyAt: now + LEASE_MS, claim: lane, cameSince: false });
    world.claims.push(lane);
  }
  return found;
}

async function write(world: World, { kind, claim }: { kind: Write; claim: number }): Promise<void> {
  const lane = world.claims.at(-1 - claim);
  if (!lane) return;
  const model = world.lanes.get(lane.chatId);
  assert.ok(model);
  const holds = model.claim === lane;
  const left = model.items.filter((one) => lane.items.some((claimed) => name(claimed) === name(one)));
  const [first] = left;
  const last = left.length === 1;
  const itemId = lane.items.find((claimed) => first && name(claimed) === name(first))?.id;
  // A holder ends a lane only when what it was given is done, and touches an item only while there is one.
  if (
    kind === 'finish'
      ? first !== undefined && holds
      : kind !== 'release' && (first === undefined || itemId === undefined)
  )
    return;
  const outcome = await attempt(() => act(world, { kind, lane, itemId: itemId ?? '', last }));
  assert.equal(outcome, holds ? 'done' : 'lease_lost');
  if (!holds) return;
  if (kind === 'settle' || kind === 'deliver' || kind === 'bury') {
    model.items = model.items.filter((one) => one !== first);
    world[kind === 'bury' ? 'buried' : 'settled'] += 1;
    if (kind === 'deliver' && last) model.readyAt = model.cameSince ? world.now : null;
  } else if (kind === 'finish') {
    model.readyAt = model.cameSince ? world.now : null;
  } else model.readyAt = kind === 'retry' ? world.now + 7 : world.now;
}

function act(
  { inbox, deliveries, now }: World,
  { kind, lane, itemId, last }: { kind: Write; lane: Lane; itemId: string; last: boolean },
): Promise<void> {
  switch (kind) {
    case 'deliver':
      return deliveries.settle({
        lane,
        itemId,
        key: { userId: 'u', tid: 't', chatId: lane.chatId, messageId: '1' },
        state: 'posted',
        now,
        postId: 'p',
        version: null,
        order: null,
        openPost: null,
        notice: null,
        last,
      });
    case 'settle':
      return inbox.settle(lane, [itemId]);
    case 'bury':
      return inbox.bury({ lane, itemId, reason: 'internal', attempts: 1, now });
    case 'retry':
      return inbox.retry({ lane, itemId, runAt: now + 7, code: 'internal', attempts: 1 });
    case 'finish':
      return inbox.finish(lane, now);
    default:
      return inbox.release(lane, now);
  }
}

/** Whatever happened before: when the leases have ended, all that is left comes out, and nothing stays behind. */
async function drain(world: World): Promise<void> {
  for (let round = 0; round < 5; round++) {
    world.now += LEASE_MS + HOLD_MS + 10;
    for (const lane of await claim(world, { holder: 0, limit: 10 })) {
      const model = world.lanes.get(lane.chatId);
      assert.ok(model);
      if (lane.items.length > 0)
        await world.inbox.settle(
          lane,
          lane.items.map(({ id }) => id),
        );
      await world.inbox.finish(lane, world.now);
      Object.assign(model, { items: [], readyAt: null });
    }
  }
  assert.deepEqual(await world.inbox.backlog(), { items: 0, lanes: 0, oldestAt: null });
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
