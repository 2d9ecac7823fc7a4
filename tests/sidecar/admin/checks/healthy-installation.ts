import type { CheckDeps, CheckId } from '../../../../sidecar/src/admin/checks/types.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { DAY } from '../../../../sidecar/src/core/time.ts';

export const NOW = Date.UTC(2026, 10, 20, 12);
const TOKEN = 'c'.repeat(26);
export const COMMAND = { url: 'https://sidecar.example/mattermost/command', token: TOKEN };

/** What Mattermost says without the right to ask. */
export function refused(): Promise<never> {
  return Promise.reject(new AppError('mattermost_refused', 'No.', { fields: { status: 403 } }));
}

/** An installation without a fault, seen by an administrator. */
export function healthy(): CheckDeps {
  return {
    settings: {
      mattermostUrl: 'https://chat.example',
      internalUrl: 'http://chat:8065',
      publicUrl: 'https://sidecar.example',
      commandToken: TOKEN,
      tenantId: 'tenant',
      clientId: 'client',
      consentUrl: 'https://consent.example/',
      certificateEnd: null,
      needsEmail: true,
      tenantFeed: false,
      forwardsFiles: false,
      plugin: { id: 'ours', version: '1.2.3', minServerVersion: '10.11.0' },
    },
    mattermost: {
      self: async () => ({ id: 'bot', username: 'msteams', isBot: true, roles: ['system_user'] }),
      site: async () => ({
        url: 'https://chat.example',
        version: '11.2.0',
        showsEmail: true,
        directMessagesNeedTeam: false,
      }),
      time: async () => NOW,
      teams: async () => [{ id: 't1', name: 'north' }],
      commands: async () => [COMMAND],
      offeredCommands: async () => [COMMAND],
      tryCommand: async () => ({ msteams_error: 'forbidden' }),
      activePlugins: async () => [{ id: 'ours', version: '1.2.3' }],
      pluginStatuses: async () => [{ id: 'ours', running: true, error: '' }],
    },
    administrator: null,
    commandProven: false,
    microsoft: {
      reach: async () => [{ url: 'https://login.example', status: 200, time: NOW }],
      appToken: async () => 'token',
      appRoles: async () => ['Chat.Read.All'],
      scopes: async () => ['Chat.Read', 'User.Read', 'Presence.Read'],
    },
    sidecar: {
      probe: async () => ({ kind: 'answered', ms: 20 }),
      runs: async () => ({ running: true, address: 'http://127.0.0.1:8066' }),
    },
    store: {
      connections: async () => 3,
      subscriptions: async () => 3,
      deadLetters: async () => 0,
      backlog: async () => ({ items: 0, oldestAt: null }),
      certificateEnd: async () => NOW + 300 * DAY,
      consentRefusedAt: async () => null,
    },
    clock: { now: () => NOW, sleep: async () => {} },
  };
}

/** One thing that goes wrong, and what the checks must say of it. */
export interface Case {
  what: string;
  id: CheckId;
  state: 'ok' | 'warning' | 'failed';
  detail: RegExp;
  broken(deps: CheckDeps): void;
}
