import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DeparturesDeps } from '../../../sidecar/src/connect/deactivated-users.ts';
import { runDepartures } from '../../../sidecar/src/connect/deactivated-users.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { HOUR } from '../../../sidecar/src/core/time.ts';
import type { Connection, User } from '../../../sidecar/src/core/types.ts';
import { aConnection, aUser, keptLog } from './fixtures.ts';

/**
 * Connected users u000, u001, … and a Mattermost that knows them. The clock runs by itself: `until` is asked at every tick and ends the
 * loop, so that nothing waits for real time.
 */
function scene(count: number) {
  const rows = Array.from({ length: count }, (_, n) => String(n).padStart(3, '0')).map((n) =>
    aConnection({ id: `c${n}`, userId: `u${n}` }),
  );
  const users = new Map<string, User>(rows.map(({ userId }) => [userId, aUser({ id: userId })]));
  const state = { now: 0, isOurs: true, hidden: new Set<string>(), away: 0, ticks: 0, listeners: 0, released: 0 };
  const asked: string[][] = [];
  const disconnected: string[] = [];
  let tell: (userId: string) => void = () => {};
  const stop = new AbortController();
  const deps: Omit<DeparturesDeps, 'clock'> = {
    connections: {
      findByUser: async (userId) => rows.find((row) => row.userId === userId && !disconnected.includes(userId)) ?? null,
      list: async ({ afterId, limit }): Promise<Connection[]> =>
        rows.filter(({ id, userId }) => id > (afterId ?? '') && !disconnected.includes(userId)).slice(0, limit),
    },
    usersByIds: async (ids) => {
      if (state.away > 0) {
        state.away -= 1;
        throw new AppError('mattermost_unavailable', 'Mattermost is away.');
      }
      asked.push(ids);
      return ids.flatMap((id) => (state.hidden.has(id) ? [] : (users.get(id) ?? [])));
    },
    user: async (id) => {
      const user = users.get(id);
      if (!user) throw new AppError('mattermost_not_found', 'There is no such user.');
      return user;
    },
    listen: async (gone, signal) => {
      state.listeners += 1;
      tell = gone;
      signal.addEventListener('abort', () => {
        state.listeners -= 1;
      });
    },
    disconnect: async (userId) => disconnected.push(userId) > 0,
    leases: {
      acquire: async ({ name, holder }) => (state.isOurs ? { name, holder, fencingToken: 1 } : null),
      release: async () => {
        state.released += 1;
      },
    },
    holder: 'us',
    log: keptLog(),
  };
  const run = (until: () => boolean) =>
    runDepartures(
      {
        ...deps,
        clock: {
          now: () => state.now,
          sleep: async (ms) => {
            state.now += ms;
            state.ticks += 1;
            await new Promise((resolve) => setImmediate(resolve));
            if (until()) stop.abort();
          },
        },
      },
      stop.signal,
    );
  return { users, state, asked, disconnected, run, tell: (userId: string) => tell(userId) };
}

describe('users who left Mattermost', () => {
  test('are found among all connections, 200 at a time, and disconnected', async () => {
    const { users, state, asked, disconnected, run } = scene(450);
    users.set('u003', aUser({ id: 'u003', deactivated: true }));
    users.delete('u444');
    await run(() => state.ticks === 1);
    assert.deepEqual(
      asked.map((ids) => ids.length),
      [200, 200, 50],
    );
    assert.deepEqual(disconnected, ['u003', 'u444']);
    assert.equal(state.released, 1);
  });

  test('are not those whom the list leaves out but who exist', async () => {
    const { state, disconnected, run } = scene(3);
    state.hidden.add('u001');
    await run(() => state.ticks === 1);
    assert.deepEqual(disconnected, []);
  });

  test('are looked for once an hour, and again soon when Mattermost was away', async () => {
    const { state, asked, run } = scene(1);
    state.away = 1;
    await run(() => state.now > 2 * HOUR);
    assert.equal(asked.length, 2);
  });

  test('are disconnected as soon as Mattermost tells of them, if they are connected and really gone', async () => {
    const { users, state, disconnected, run, tell } = scene(2);
    await run(() => {
      if (state.ticks === 1) {
        users.set('u001', aUser({ id: 'u001', deactivated: true }));
        for (const id of ['u001', 'u000', 'stranger']) tell(id);
      }
      return state.ticks > 2;
    });
    assert.deepEqual(disconnected, ['u001']);
  });

  test('are left to the replica that has the lease', async () => {
    const { users, state, asked, disconnected, run } = scene(1);
    users.delete('u000');
    state.isOurs = false;
    const listeners: number[] = [];
    await run(() => {
      listeners.push(state.listeners);
      state.isOurs = state.ticks === 2;
      return state.ticks === 4;
    });
    assert.deepEqual(listeners, [0, 0, 1, 0]);
    assert.equal(asked.length, 1);
    assert.deepEqual(disconnected, ['u000']);
  });
});
