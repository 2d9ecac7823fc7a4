import type { InboxItem } from '../../sidecar/src/core/ports/queue.ts';
import { DEFAULT_PREFERENCES } from '../../sidecar/src/core/preferences.ts';
import type { Connection } from '../../sidecar/src/core/types.ts';

export const TENANT = '11111111-1111-4111-8111-111111111111';

/** A notification of message 1000 in chat `c1` of connection `k1`, unless said otherwise. */
export function item(over: Partial<InboxItem> = {}): InboxItem {
  return {
    source: { kind: 'subscription', id: 's1' },
    owner: { kind: 'connection', id: 'k1' },
    tid: TENANT,
    chatId: 'c1',
    messageId: '1000',
    change: 'created',
    payload: 'encrypted',
    receivedAt: 1_000,
    ...over,
  };
}

/** A working connection of user `u1` that wants every message. */
export function connection(over: Partial<Connection> = {}): Connection {
  return {
    id: 'k1',
    userId: 'u1',
    tid: TENANT,
    oid: '22222222-2222-4222-8222-222222222222',
    accountName: 'Ann Lee',
    accountAddress: 'ann@example.com',
    state: 'connected',
    connectedAt: 0,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' },
    ...over,
  };
}
