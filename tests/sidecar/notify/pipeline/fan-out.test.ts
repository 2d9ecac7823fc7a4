import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { connectionOwner, ownerKey } from '../../../../sidecar/src/core/owner.ts';
import type { InboxItem, QueueItem } from '../../../../sidecar/src/core/ports/queue.ts';
import type { Message } from '../../../../sidecar/src/core/types.ts';
import { createFanOut, createTenantIntake } from '../../../../sidecar/src/notify/pipeline/fan-out.ts';

const ITEM: QueueItem = {
  id: 'i1',
  attempts: 2,
  messageOrder: 1,
  source: { kind: 'subscription', id: 's1' },
  owner: { kind: 'tenant' },
  tid: 't1',
  chatId: 'chat',
  messageId: '1',
  change: 'created',
  payload: '{"encrypted":true}',
  receivedAt: 5,
};

/** `a` and `b` are connected, `c` is not. */
const connectionsAmong = async ({ tid, oids }: { tid: string; oids: readonly string[] }) =>
  tid === 't1' ? oids.filter((oid) => oid !== 'c').map((oid) => ({ id: `k-${oid}`, oid })) : [];

function fanOut(message: Partial<Message>) {
  const stored: InboxItem[] = [];
  let opened = 0;
  const run = createFanOut({
    open: async () => {
      opened += 1;
      return { kind: 'message', sender: null, ...message } as Message;
    },
    members: async () => ['a', 'b', 'c'],
    connectionsAmong,
    put: async (items) => void stored.push(...items),
  });
  return { run, stored, opened: () => opened };
}

describe('messages of the tenant subscription', () => {
  it('go to every connected member, encrypted as they came', async () => {
    const { run, stored } = fanOut({ sender: { kind: 'user', id: 'c', name: null } });
    await run(ITEM);
    const { id: _id, attempts: _attempts, messageOrder: _order, ...item } = ITEM;
    assert.deepEqual(stored, [
      { ...item, owner: connectionOwner('k-a') },
      { ...item, owner: connectionOwner('k-b') },
    ]);
  });

  it('never go to their sender', async () => {
    const { run, stored } = fanOut({ sender: { kind: 'user', id: 'a', name: null } });
    await run(ITEM);
    assert.deepEqual(
      stored.map(({ owner }) => ownerKey(owner)),
      ['k-b'],
    );
  });

  it('of the system are not delivered, but decrypted because they may change the members', async () => {
    const { run, stored, opened } = fanOut({ kind: 'system' });
    await run(ITEM);
    assert.deepEqual([stored, opened()], [[], 1]);
  });

  it('without content go to all members', async () => {
    const { run, stored, opened } = fanOut({});
    await run({ ...ITEM, change: 'deleted', payload: null });
    assert.deepEqual(
      stored.map(({ owner }) => ownerKey(owner)),
      ['k-a', 'k-b'],
    );
    assert.equal(opened(), 0);
  });

  it('of one-to-one chats between people who are not connected are not stored at all', async () => {
    const members: Record<string, string[]> = { both: ['a', 'b'], one: ['a', 'c'], none: ['c'] };
    const kept: InboxItem[] = [];
    const take = createTenantIntake({
      membersOfId: (chatId) => members[chatId] ?? null,
      connectionsAmong,
      put: async (stored) => ({ stored: kept.push(...stored), duplicate: 0 }),
    });
    const items = ['both', 'one', 'none', 'group'].map((chatId) => ({ ...ITEM, chatId }));
    const own = { ...ITEM, chatId: 'none', owner: connectionOwner('k-x') };
    await take([...items, own]);
    const stranger = { ...ITEM, chatId: 'none' };
    assert.deepEqual(await take([stranger]), { stored: 0, duplicate: 0 });
    assert.deepEqual(
      kept.map(({ chatId, owner }) => `${chatId} ${ownerKey(owner)}`),
      [...['both', 'one', 'group'].map((chatId) => `${chatId} tenant`), 'none k-x'],
    );
  });
});
