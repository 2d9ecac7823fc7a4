import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Candidate, InvitationsDeps } from '../../../sidecar/src/admin/invitations.ts';
import { createInvitations, isWeekend } from '../../../sidecar/src/admin/invitations.ts';
import type { TeamsDeps } from '../../../sidecar/src/admin/teams.ts';
import { runTeams } from '../../../sidecar/src/admin/teams.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';

const FRIDAY = Date.UTC(2026, 10, 20, 12);
const LOG = { debug() {}, info() {}, warn() {}, error() {} };

function person(id: string, more: Partial<Candidate> = {}): Candidate {
  return { id, username: id, locale: 'en', timeZone: 'UTC', isBot: false, deactivated: false, ...more };
}

describe('invitations', () => {
  function office(people: Candidate[], more: Partial<InvitationsDeps> = {}) {
    const state = new Map<string, string>();
    const invited = new Set<string>();
    const sent: string[] = [];
    const deps: InvitationsDeps = {
      installationState: {
        read: async (name) => (state.has(name) ? { value: state.get(name) ?? '', at: 0 } : null),
        write: async (name, value) => void state.set(name, value),
      },
      invitations: {
        add: async (id) => !invited.has(id) && Boolean(invited.add(id)),
        has: async (id) => invited.has(id),
        pending: async () => invited.size,
      },
      connections: { count: async () => 0, findByUser: async () => null },
      maximum: null,
      candidates: async function* () {
        yield* people;
      },
      send: async (userId, { text, buttons }) => void sent.push(`${userId}: ${text} [${buttons?.[0]?.action}]`),
      clock: { now: () => FRIDAY, sleep: async () => {} },
      log: LOG,
      ...more,
    };
    return { ...createInvitations(deps), sent };
  }

  test('are sent to nobody until somebody says how many', async () => {
    const { runWave, sent } = office([person('ann')]);
    assert.equal(await runWave(), 0);
    assert.deepEqual(sent, []);
  });

  test('go to each person once, ever, in their language', async () => {
    const { runWave, setCap, sent } = office([person('ann'), person('uwe', { locale: 'de' })]);
    await setCap(10);
    assert.equal(await runWave(), 2);
    assert.equal(await runWave(), 0);
    assert.match(sent[0] ?? '', /^ann: @ann, your administrator invites you.*\[connect\]$/);
    assert.match(sent[1] ?? '', /^uwe: @uwe, Ihre Administration/);
  });

  test('stop at the cap, and at the maximum of connected users', async () => {
    const people = ['a', 'b', 'c', 'd'].map((id) => person(id));
    const capped = office(people);
    await capped.setCap(3);
    assert.equal(await capped.runWave(), 3);
    assert.equal(await capped.runWave(), 0);
    const limited = office(people, { maximum: 5, connections: { count: async () => 4, findByUser: async () => null } });
    await limited.setCap(10);
    assert.equal(await limited.runWave(), 1);
  });

  test('never go to bots, to deactivated or connected people, or at a weekend where they are', async () => {
    const people = [
      person('bot', { isBot: true }),
      person('gone', { deactivated: true }),
      person('connected'),
      person('far', { timeZone: 'Pacific/Kiritimati' }),
      person('ann'),
    ];
    const { runWave, setCap, sent } = office(people, {
      connections: { count: async () => 1, findByUser: async (id) => (id === 'connected' ? {} : null) },
    });
    await setCap(10);
    assert.equal(await runWave(), 1);
    assert.match(sent.join(), /^ann/);
  });

  test('know the weekend by the time zone', () => {
    assert.equal(isWeekend(FRIDAY, 'Pacific/Kiritimati'), true, 'there it is Saturday already');
    assert.equal(isWeekend(FRIDAY, 'Europe/Berlin'), false);
    assert.equal(isWeekend(FRIDAY, 'No/Such_Zone'), false);
  });
});

describe('the slash command of later teams', () => {
  const refused = () => Promise.reject(new AppError('mattermost_refused', 'No.'));
  const made: string[] = [];
  const deps: TeamsDeps = {
    mattermost: {
      teams: async () => ['has', 'lacks', 'hidden', 'foreign'].map((id) => ({ id, name: id })),
      commands: async (id) => (id === 'has' ? [{}] : id === 'lacks' ? [] : refused()),
      offeredCommands: async (id) => (id === 'foreign' ? [] : refused()),
      addCommand: async ({ teamId }) => (teamId === 'lacks' ? void made.push(teamId) : refused()),
    },
    command: { url: 'https://sidecar.example/mattermost/command', token: 't' },
    log: LOG,
  };

  test('is created where the bot may, and where it may not that stops nothing', async () => {
    assert.deepEqual(await runTeams(deps), ['lacks']);
    assert.deepEqual(made, ['lacks']);
  });
});
