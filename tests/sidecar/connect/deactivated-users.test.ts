import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeactivatedUsersDeps } from '../../../sidecar/src/connect/deactivated-users.ts';
import { runDeactivatedUsers, runDeactivationEvents } from '../../../sidecar/src/connect/deactivated-users.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Connection, User } from '../../../sidecar/src/core/types.ts';
import { connection, user } from '../../support/builders.ts';
import { createTestLog } from '../../support/log.ts';

/** Connected users u000, u001, … and a Mattermost that knows them. */
function scene(count: number) {
  const rows = Array.from({ length: count }, (_, n) => String(n).padStart(3, '0')).map((n) =>
    connection({ id: `c${n}`, userId: `u${n}` }),
  );
  const users = new Map<string, User>(rows.map(({ userId }) => [userId, user({ id: userId })]));
  const hidden = new Set<string>();
  const asked: string[][] = [];
  const disconnected: string[] = [];
  let tell: (userId: string) => void = () => {};
  const deps: DeactivatedUsersDeps = {
    connections: {
      findByUser: async (userId) => rows.find((row) => row.userId === userId && !disconnected.includes(userId)) ?? null,
      list: async ({ afterId, limit }): Promise<Connection[]> =>
        rows.filter(({ id, userId }) => id > (afterId ?? '') && !disconnected.includes(userId)).slice(0, limit),
    },
    usersByIds: async (ids) => {
      asked.push(ids);
      return ids.flatMap((id) => (hidden.has(id) ? [] : (users.get(id) ?? [])));
    },
    user: async (id) => {
      const user = users.get(id);
      if (!user) throw new AppError('mattermost_not_found', 'There is no such user.');
      return user;
    },
    listen: (gone, signal) => {
      tell = gone;
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
    },
    disconnect: async (userId) => disconnected.push(userId) > 0,
    log: createTestLog(),
  };
  return { deps, users, hidden, asked, disconnected, tell: (userId: string) => tell(userId) };
}

const { signal } = new AbortController();

describe('users who left Mattermost', () => {
  test('are found among all connections, 200 at a time, and disconnected', async () => {
    const { deps, users, asked, disconnected } = scene(450);
    users.set('u003', user({ id: 'u003', deactivated: true }));
    users.delete('u444');
    await runDeactivatedUsers(deps, signal);
    assert.deepEqual(
      asked.map((ids) => ids.length),
      [200, 200, 50],
    );
    assert.deepEqual(disconnected, ['u003', 'u444']);
  });

  test('are not those whom the list leaves out but who exist', async () => {
    const { deps, hidden, disconnected } = scene(3);
    hidden.add('u001');
    await runDeactivatedUsers(deps, signal);
    assert.deepEqual(disconnected, []);
  });

  test('are not judged while Mattermost is away: the round fails', async () => {
    const { deps, users, disconnected } = scene(2);
    users.delete('u000');
    const usersByIds = () => Promise.reject(new AppError('mattermost_unavailable', 'Mattermost is away.'));
    await assert.rejects(runDeactivatedUsers({ ...deps, usersByIds }, signal), { code: 'mattermost_unavailable' });
    assert.deepEqual(disconnected, []);
  });

  test('are not looked for any further after the signal', async () => {
    const { deps, asked } = scene(450);
    const stop = new AbortController();
    const usersByIds = (ids: string[]) => {
      stop.abort();
      return deps.usersByIds(ids);
    };
    await runDeactivatedUsers({ ...deps, usersByIds }, stop.signal);
    assert.equal(asked.length, 1);
  });

  test('are disconnected as soon as Mattermost tells of them, if they are connected and really gone', async () => {
    const { deps, users, disconnected, tell } = scene(2);
    const stop = new AbortController();
    const listening = runDeactivationEvents(deps, stop.signal);
    users.set('u001', user({ id: 'u001', deactivated: true }));
    for (const id of ['u001', 'u000', 'stranger']) tell(id);
    await new Promise(setImmediate);
    stop.abort();
    await listening;
    assert.deepEqual(disconnected, ['u001']);
  });
});
