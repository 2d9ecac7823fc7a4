import assert from 'node:assert/strict';
import type { CheckDeps } from '../../../../sidecar/src/admin/checks/types.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { DAY, HOUR, MINUTE } from '../../../../sidecar/src/core/time.ts';
import type { Case } from './healthy-installation.ts';
import { NOW } from './healthy-installation.ts';

const credential = (aadsts: number) =>
  Promise.reject(new AppError('client_credential_invalid', 'Refused.', { fields: { aadsts } }));

const store = (deps: CheckDeps) => deps.store ?? assert.fail();

/** What goes wrong at Microsoft, on the way there, and in the sidecar. */
export const OTHER_CASES: Case[] = [
  {
    what: 'an unknown tenant',
    id: 'microsoft',
    state: 'failed',
    detail: /does not know the tenant tenant/,
    broken: (d) =>
      Object.assign(d.microsoft, { reach: async () => [{ url: 'https://login.example', status: 400, time: NOW }] }),
  },
  {
    what: 'an expired secret',
    id: 'credential',
    state: 'failed',
    detail: /has expired/,
    broken: (d) => Object.assign(d.microsoft, { appToken: () => credential(7000222) }),
  },
  {
    what: 'a wrong secret',
    id: 'credential',
    state: 'failed',
    detail: /refuses the client secret/,
    broken: (d) => Object.assign(d.microsoft, { appToken: () => credential(7000215) }),
  },
  {
    what: 'an unknown application',
    id: 'credential',
    state: 'failed',
    detail: /no application client/,
    broken: (d) => Object.assign(d.microsoft, { appToken: () => credential(700016) }),
  },
  {
    what: 'another refusal',
    id: 'credential',
    state: 'failed',
    detail: /AADSTS50194/,
    broken: (d) => Object.assign(d.microsoft, { appToken: () => credential(50194) }),
  },
  {
    what: 'a certificate near its end',
    id: 'credential',
    state: 'warning',
    detail: /expires on November 25, 2026/,
    broken: (d) => Object.assign(d.settings, { certificateEnd: NOW + 5 * DAY }),
  },
  {
    what: 'a permission that was not granted',
    id: 'permissions',
    state: 'failed',
    detail: /Not granted: Presence\.Read/,
    broken: (d) => Object.assign(d.microsoft, { scopes: async () => ['chat.read', 'user.read'] }),
  },
  {
    what: 'an application permission that was not granted',
    id: 'permissions',
    state: 'failed',
    detail: /Not granted: Presence\.Read\.All/,
    broken: (d) => Object.assign(d.settings, { tenantFeed: true }),
  },
  {
    what: 'files that may not be read',
    id: 'permissions',
    state: 'warning',
    detail: /Files\.Read\.All is not granted/,
    broken: (d) => Object.assign(d.settings, { forwardsFiles: true }),
  },
  {
    what: 'more than files that is not granted',
    id: 'permissions',
    state: 'failed',
    detail: /Not granted: Presence\.Read, Files\.Read\.All/,
    broken: (d) => {
      Object.assign(d.settings, { forwardsFiles: true });
      Object.assign(d.microsoft, { scopes: async () => ['chat.read', 'user.read'] });
    },
  },
  {
    what: 'files that may be read',
    id: 'permissions',
    state: 'ok',
    detail: /Granted: .*Files\.Read\.All/,
    broken: (d) => {
      Object.assign(d.settings, { forwardsFiles: true });
      Object.assign(d.microsoft, { scopes: async () => ['Chat.Read', 'User.Read', 'Presence.Read', 'Files.Read.All'] });
    },
  },
  {
    what: 'a sign-in that wanted consent',
    id: 'permissions',
    state: 'failed',
    detail: /not granted in the organization/,
    broken: (d) => Object.assign(store(d), { consentRefusedAt: async () => NOW }),
  },
  {
    what: 'nobody connected yet',
    id: 'permissions',
    state: 'warning',
    detail: /first connection/,
    broken: (d) => Object.assign(d.microsoft, { scopes: async () => null }),
  },
  {
    what: 'a slow way in',
    id: 'public_url',
    state: 'warning',
    detail: /only after 4 seconds/,
    broken: (d) => Object.assign(d.sidecar, { probe: async () => ({ kind: 'answered', ms: 4_000 }) }),
  },
  {
    what: 'something else in the way',
    id: 'public_url',
    state: 'failed',
    detail: /Something else answers.*status 404/,
    broken: (d) => Object.assign(d.sidecar, { probe: async () => ({ kind: 'other', status: 404 }) }),
  },
  {
    what: 'an untrusted certificate',
    id: 'public_url',
    state: 'failed',
    detail: /not trusted \(CERT_HAS_EXPIRED\)/,
    broken: (d) =>
      Object.assign(d.sidecar, {
        probe: async () => ({ kind: 'unreachable', problem: 'tls', reason: 'CERT_HAS_EXPIRED' }),
      }),
  },
  {
    what: 'a host without an address',
    id: 'public_url',
    state: 'failed',
    detail: /has no address/,
    broken: (d) =>
      Object.assign(d.sidecar, { probe: async () => ({ kind: 'unreachable', problem: 'dns', reason: 'ENOTFOUND' }) }),
  },
  {
    what: 'a stopped sidecar',
    id: 'public_url',
    state: 'failed',
    detail: /is not running/,
    broken: (d) =>
      Object.assign(d.sidecar, {
        probe: async () => ({ kind: 'other', status: 502 }),
        runs: async () => ({ running: false, address: 'http://127.0.0.1:8066' }),
      }),
  },
  {
    what: 'a quota that is nearly used',
    id: 'quota',
    state: 'warning',
    detail: /8,000 of 10,000/,
    broken: (d) => Object.assign(store(d), { subscriptions: async () => 8_000 }),
  },
  {
    what: 'a used quota',
    id: 'quota',
    state: 'failed',
    detail: /10,000 of 10,000/,
    broken: (d) => Object.assign(store(d), { subscriptions: async () => 10_000 }),
  },
  {
    what: 'a clock that is minutes off',
    id: 'clock',
    state: 'failed',
    detail: /600 seconds from https:\/\/login\.example/,
    broken: (d) =>
      Object.assign(d.microsoft, {
        reach: async () => [{ url: 'https://login.example', status: 200, time: NOW - 10 * MINUTE }],
      }),
  },
  {
    what: 'work that waits',
    id: 'backlog',
    state: 'failed',
    detail: /7 waiting, the oldest for 120 minutes/,
    broken: (d) => Object.assign(store(d), { backlog: async () => ({ items: 7, oldestAt: NOW - 2 * HOUR }) }),
  },
  {
    what: 'dead letters',
    id: 'dead_letters',
    state: 'warning',
    detail: /2 could not be delivered/,
    broken: (d) => Object.assign(store(d), { deadLetters: async () => 2 }),
  },
  {
    what: 'a missing encryption key',
    id: 'certificate',
    state: 'failed',
    detail: /not configured \(k1\)/,
    broken: (d) =>
      Object.assign(store(d), {
        certificateEnd: () => Promise.reject(new AppError('key_unknown', 'No.', { fields: { keyId: 'k1' } })),
      }),
  },
  {
    what: 'an ended certificate',
    id: 'certificate',
    state: 'failed',
    detail: /expired on/,
    broken: (d) => Object.assign(store(d), { certificateEnd: async () => NOW - DAY }),
  },
  {
    what: 'a database that cannot be read',
    id: 'database',
    state: 'failed',
    detail: /The disk is full/,
    broken: (d) =>
      Object.assign(store(d), {
        connections: () => Promise.reject(new AppError('database_unavailable', 'The disk is full.')),
      }),
  },
];
