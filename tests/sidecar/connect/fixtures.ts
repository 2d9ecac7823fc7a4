import { randomBytes } from 'node:crypto';
import type { RenewalDeps } from '../../../sidecar/src/connect/token-renewal.ts';
import type { Sealer } from '../../../sidecar/src/core/encryption.ts';
import { createSealer } from '../../../sidecar/src/core/encryption.ts';
import type { Log } from '../../../sidecar/src/core/log.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import type { Clock } from '../../../sidecar/src/core/time.ts';
import type { Connection, User } from '../../../sidecar/src/core/types.ts';

/** A log that keeps its lines. */
export interface KeptLog extends Log {
  lines: Array<{ level: string; message: string; fields: Record<string, unknown> }>;
}

export function keptLog(): KeptLog {
  const lines: KeptLog['lines'] = [];
  const at = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, message, fields });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** The real time plus what the test adds. */
export function movableClock(): Clock & { advance(ms: number): void } {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    sleep: async () => {},
    advance: (ms) => {
      offset += ms;
    },
  };
}

export function testSealer(): Sealer {
  return createSealer([{ id: 'test', key: randomBytes(32) }]);
}

export function aConnection(changed: Partial<Connection> = {}): Connection {
  return {
    id: 'connection-1',
    userId: 'user-1',
    tid: '11111111-aaaa-4bbb-8ccc-000000000001',
    oid: 'aaaaaaaa-0000-4000-8000-000000000001',
    accountName: 'Alice Adams',
    accountAddress: 'alice@example.com',
    state: 'connected',
    connectedAt: 1,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' },
    ...changed,
  };
}

export function aUser(changed: Partial<User> = {}): User {
  return {
    id: 'user-1',
    username: 'alice',
    name: 'Alice Adams',
    email: 'alice@example.com',
    locale: 'en',
    isBot: false,
    deactivated: false,
    ...changed,
  };
}

/** Token renewals over a table in memory. */
export function renewalsOver(rows: Map<string, string>): RenewalDeps['renewals'] {
  const shared = new Map<string, string>();
  const underWay = new Map<string, PromiseWithResolvers<void>>();
  return {
    acquire: async ({ connectionId, lockId }) => {
      const other = underWay.get(connectionId);
      if (other) return other.promise.then(() => null);
      underWay.set(connectionId, Promise.withResolvers());
      const [sealedTokenCache, sealedAccess] = [rows.get(connectionId) ?? '', shared.get(connectionId) ?? null];
      return { connectionId, lockId, version: 0, sealedTokenCache, sealedAccess };
    },
    save: async ({ connectionId, sealedTokenCache }, renewed) => {
      if (rows.get(connectionId) !== sealedTokenCache) return false;
      rows.set(connectionId, renewed.sealedTokenCache);
      shared.set(connectionId, renewed.sealedAccess);
      return true;
    },
    release: async ({ connectionId }) => {
      underWay.get(connectionId)?.resolve();
      underWay.delete(connectionId);
    },
  };
}
