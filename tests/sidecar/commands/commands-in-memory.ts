import { createCommands } from '../../../sidecar/src/commands/commands.ts';
import type { SubscriptionHealth } from '../../../sidecar/src/commands/ports.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Notice, NoticeRow } from '../../../sidecar/src/core/ports/digests.ts';
import type { Preferences } from '../../../sidecar/src/core/preferences.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { DAY, MINUTE } from '../../../sidecar/src/core/time.ts';
import type { Connection, Owner } from '../../../sidecar/src/core/types.ts';
import { ALICE, sealerOf } from '../../support/builders.ts';
import { createFakeClock, NOW } from '../../support/clock.ts';

export const ENGLISH = { userId: ALICE, locale: 'en' };
export const GERMAN = { userId: ALICE, locale: 'de' };
export const ACCOUNT_URL = 'https://myapps.microsoft.com';

export function connectionOf(overrides: Partial<Connection> = {}): Connection {
  return {
    id: 'connection1',
    userId: ALICE,
    tid: '11111111-aaaa-4bbb-8ccc-000000000001',
    oid: '44444444-aaaa-4bbb-8ccc-000000000004',
    accountName: 'Alice Adams',
    accountAddress: 'alice@example.com',
    state: 'connected',
    connectedAt: NOW - 3 * DAY,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'away' },
    ...overrides,
  };
}

/** A message of a chat that arrived, as the list of the last notifications has it. */
export function arrivedFrom(chatId: string, title: string, over: Partial<Notice> = {}): NoticeRow {
  const notice = {
    sender: 'Ann Lee',
    chatTitle: title,
    chatKind: 'group',
    link: 'https://teams.example/l',
    sentAt: NOW,
  };
  return {
    tid: 't',
    chatId,
    messageId: '1',
    postId: 'post1',
    postedAt: NOW,
    notice: JSON.stringify({ ...notice, mentioned: false, ...over }),
  };
}

/** The commands over one user's connection, kept in memory. */
export function createTestCommands(initial: Connection | null = null, subscription: SubscriptionHealth | null = null) {
  const memory = { connection: initial, links: 0, full: false, arrived: [] as NoticeRow[] };
  const clock = createFakeClock();
  const deps = {
    connections: {
      findByUser: async (userId: string) => (memory.connection?.userId === userId ? memory.connection : null),
      changePreferences: async (id: string, change: (now: Preferences) => Preferences) => {
        if (memory.connection?.id !== id) return null;
        const preferences = change(memory.connection.preferences);
        memory.connection = { ...memory.connection, preferences };
        return preferences;
      },
    },
    notices: {
      list: async (_userId: string, limit: number) => memory.arrived.slice(0, limit),
      ofChat: async (_userId: string, chatId: string) => memory.arrived.find((row) => row.chatId === chatId) ?? null,
    },
    notice: (_userId: string, row: NoticeRow): Notice => JSON.parse(row.notice),
    sealer: sealerOf('a'),
    startLink: async (userId: string) => {
      if (memory.full) throw new AppError('limit_reached', 'No place is left.');
      memory.links += 1;
      return {
        url: `https://sidecar.example/connect?link=${userId}-${memory.links}`,
        expiresAt: clock.now() + 10 * MINUTE,
      };
    },
    accountFirst: {
      confirm: async (userId: string, token: string) => ({ text: `confirmed ${userId} ${token}` }),
      decline: async (userId: string, token: string) => ({ text: `declined ${userId} ${token}` }),
    },
    disconnect: async (userId: string) => {
      const was = memory.connection?.userId === userId;
      if (was) memory.connection = null;
      return was;
    },
    subscriptions: {
      byOwner: async ({ kind }: Owner) => (subscription !== null && kind === 'connection' ? [subscription] : []),
    },
    accountUrl: ACCOUNT_URL,
    clock,
  };
  return { memory, clock, deps, commands: createCommands(deps) };
}
