import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDisconnect } from '../../../sidecar/src/connect/disconnect.ts';
import { createEndedSignIn } from '../../../sidecar/src/connect/ended-sign-in.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Connection, Reply } from '../../../sidecar/src/core/types.ts';
import { connection, user } from '../../support/builders.ts';
import { createTestLog } from '../../support/log.ts';

function scene() {
  const rows = new Map<string, Connection>([['user-1', connection({ id: 'connection-1', userId: 'user-1' })]]);
  const events: string[] = [];
  const sent: Reply[] = [];
  const away = { microsoft: false, mattermost: false };
  const deps = {
    connections: {
      findByUser: async (userId: string) => rows.get(userId) ?? null,
      remove: async (id: string) => {
        events.push(`remove ${id}`);
        rows.clear();
      },
    },
    tokens: { forget: (id: string) => void events.push(`forget ${id}`) },
    subscriptions: {
      stop: async (connection: Connection) => {
        events.push(`stop ${connection.id}`);
        if (away.microsoft) throw new AppError('microsoft_unavailable', 'Graph is away.');
      },
    },
    user: async () => user({ locale: 'de' }),
    bot: {
      send: async (_userId: string, reply: Reply) => {
        if (away.mattermost) throw new AppError('mattermost_unavailable', 'Mattermost is away.');
        sent.push(reply);
      },
    },
    log: createTestLog(),
  };
  return { deps, rows, events, sent, away };
}

const ALL = ['stop connection-1', 'remove connection-1', 'forget connection-1'];

describe('disconnecting', () => {
  test('stops the subscriptions, removes everything, and says so once in the language of the user', async () => {
    const { deps, events, sent } = scene();
    const disconnect = createDisconnect(deps);
    assert.deepEqual(await Promise.all([disconnect('user-1'), disconnect('user-1')]), [true, true]);
    assert.equal(await disconnect('user-1'), false);
    assert.deepEqual(events, ALL);
    assert.equal(sent.length, 1);
    assert.match(sent[0]?.text ?? '', /getrennt/);
  });

  test('of a user who is not connected sends no message', async () => {
    const { deps, sent } = scene();
    assert.equal(await createDisconnect(deps)('user-2'), false);
    assert.deepEqual(sent, []);
  });

  test('works while Microsoft and Mattermost are away', async () => {
    const { deps, rows, events, away } = scene();
    Object.assign(away, { microsoft: true, mattermost: true });
    assert.equal(await createDisconnect(deps)('user-1'), true);
    assert.deepEqual(events, ALL);
    assert.equal(rows.size, 0);
  });
});

describe('a sign-in that ended', () => {
  test('stops the subscriptions and is told with a button that connects again', async () => {
    const { deps, events, sent, away } = scene();
    away.microsoft = true;
    await createEndedSignIn(deps)(connection({ id: 'connection-1', accountAddress: 'al`ice@example.com' }));
    assert.deepEqual(events, ['stop connection-1']);
    assert.deepEqual(sent[0]?.buttons, [{ label: 'Erneut verbinden', style: 'primary', action: 'connect' }]);
    assert.match(sent[0]?.text ?? '', /`al ice@example\.com`/, 'a backtick does not end the code span');
  });
});
