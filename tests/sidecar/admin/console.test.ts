import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { replaceAllowList } from '../../../sidecar/src/admin/allow-list.ts';
import { createStoreView } from '../../../sidecar/src/admin/checks/store-view.ts';
import { createConnectedUsers } from '../../../sidecar/src/admin/connected-users.ts';
import { createDeadLetterActions } from '../../../sidecar/src/admin/dead-letters.ts';
import { invitationCandidates } from '../../../sidecar/src/admin/invitations.ts';
import { readOverview } from '../../../sidecar/src/admin/overview.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { HOUR } from '../../../sidecar/src/core/time.ts';
import { connection } from '../../support/builders.ts';

const NOW = Date.UTC(2026, 10, 20, 12, 34);
const counted = (count: number) => ({ count: async () => count });

test('the overview has every hour of the last seven days, the present one last', async () => {
  const asked: number[] = [];
  const busy = Date.UTC(2026, 10, 20, 11);
  const reports = {
    deliveriesPerHour: async (since: number) => {
      asked.push(since);
      return [{ at: busy, count: 7 }];
    },
  };
  const ports = { subscriptions: counted(2), deadLetters: counted(3), allowList: counted(4), reports };
  const overview = await readOverview({ ...ports, connections: counted(1) }, NOW);
  const { hours, ...counts } = overview;
  assert.deepEqual(counts, { connections: 1, subscriptions: 2, subscriptionLimit: 10_000, deadLetters: 3, allowed: 4 });
  assert.equal(hours.length, 168);
  assert.deepEqual(hours.at(-1), { at: Date.UTC(2026, 10, 20, 12), count: 0 });
  assert.deepEqual(hours.at(-2), { at: busy, count: 7 });
  assert.deepEqual(hours[0], { at: asked[0] ?? 0, count: 0 });
  assert.ok(hours.every(({ at }, index) => index === 0 || at - (hours[index - 1]?.at ?? 0) === HOUR));
});

describe('dead letters', () => {
  const letter = (id: string) => ({ id, diedAt: NOW, reason: 'internal', attempts: 8, payload: 'secret' });
  function setUp(replayed: boolean) {
    const calls = { woken: 0 };
    const deadLetters = { list: async () => [letter('a'), letter('b')], replay: async () => replayed } as never;
    const wake = () => {
      calls.woken += 1;
    };
    return { calls, ...createDeadLetterActions({ deadLetters, wake, clock: { now: () => NOW } }) };
  }

  test('are shown without their content', async () => {
    const [first] = await setUp(true).list();
    assert.deepEqual(first, { id: 'a', diedAt: NOW, reason: 'internal', attempts: 8 });
  });

  test('are queued again, and the worker is woken if there were any', async () => {
    const some = setUp(true);
    assert.equal(await some.replay(), 2);
    assert.equal(some.calls.woken, 1);
    const none = setUp(false);
    assert.equal(await none.replay(), 0);
    assert.equal(none.calls.woken, 0);
  });
});

test('the allow-list is replaced as a whole, or not at all when a line is wrong', async () => {
  let stored: readonly string[] = ['old@example.com'];
  const allowList = {
    count: async () => stored.length,
    replace: async (emails: readonly string[]) => {
      stored = emails;
    },
  };
  const wrong = await replaceAllowList(allowList, 'ann@example.com\nno address\n');
  assert.deepEqual([wrong.count, wrong.errors.length, stored], [1, 1, ['old@example.com']]);
  const right = await replaceAllowList(allowList, 'ann@example.com\nbob@example.com\n');
  assert.deepEqual(right, { count: 2, errors: [] });
  assert.deepEqual(stored, ['ann@example.com', 'bob@example.com']);
});

test('those who may be invited are the allow-list, or everybody while it is empty', async () => {
  const user = (id: string) => ({ id, username: id, locale: 'en', isBot: false, deactivated: false });
  const pages = [[user('a'), user('b')], [user('c')]];
  const ports = (emails: string[]) => ({
    allowList: { all: async () => emails },
    userByEmail: async (email: string) => (email === 'gone@example.com' ? null : user(email)),
    people: async (page: number) => ({ users: pages[page] ?? [], isLast: page >= pages.length }),
  });
  const ids = async (emails: string[]) => {
    const found = [];
    for await (const { id } of invitationCandidates(ports(emails))) found.push(id);
    return found;
  };
  assert.deepEqual(await ids(['x@example.com', 'gone@example.com']), ['x@example.com']);
  assert.deepEqual(await ids([]), ['a', 'b', 'c']);
});

test('an administrator disconnects the user of a connection', async () => {
  const gone: string[] = [];
  const users = createConnectedUsers({
    reports: { connections: async () => ({ total: 0, rows: [] }) },
    connections: { find: async (id) => (id === 'k1' ? connection() : null) },
    disconnect: async (userId) => gone.push(userId) > 0,
    searchUsers: async () => [],
    usersByIds: async () => [],
    explain: () => '',
  });
  assert.equal(await users.disconnect('k1'), true);
  assert.equal(await users.disconnect('unknown'), false);
  assert.deepEqual(gone, [connection().userId]);
});

describe('what the checks read of the database', () => {
  const at = (times: Record<string, number>) => ({
    read: async (name: string) => (times[name] === undefined ? null : { value: '', at: times[name] }),
  });
  const view = (times: Record<string, number>, openKey: () => void = () => {}) =>
    createStoreView(
      {
        connections: counted(0),
        subscriptions: counted(0),
        inbox: { backlog: async () => ({ items: 0, chatQueues: 0, oldestAt: null }) },
        deadLetters: counted(0),
        certificates: {
          list: async () => [{ id: 'c', certificate: '', sealedPrivateKey: 'sealed', createdAt: 0 }],
        },
        installationState: at(times),
      },
      openKey,
    );

  test('is nothing without a database', () => {
    assert.equal(
      createStoreView(null, () => {}),
      null,
    );
  });

  test('a refused consent counts until a sign-in succeeds', async () => {
    assert.equal(await view({})?.consentRefusedAt(), null);
    assert.equal(await view({ consent_refused: 5 })?.consentRefusedAt(), 5);
    assert.equal(await view({ consent_refused: 5, signed_in: 9 })?.consentRefusedAt(), null);
  });

  test('a key that does not open is an error', async () => {
    const openKey = () => {
      throw new AppError('key_unknown', 'gone');
    };
    const checked = view({}, openKey);
    await assert.rejects(async () => checked?.certificateEnd(), { code: 'key_unknown' });
  });
});
