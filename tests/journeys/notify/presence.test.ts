import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { ANN, type SampleChat } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUsers, createUsers } from '../../support/connected-user.ts';

/** Graph's presences, and whether a message is delivered then. */
const PRESENCES: ReadonlyArray<[availability: string, activity: string, arrives: boolean]> = [
  ['Available', 'Available', false],
  ['Busy', 'Busy', false],
  ['Busy', 'InACall', false],
  ['Busy', 'InAConferenceCall', false],
  ['Busy', 'InAMeeting', false],
  ['Away', 'InAMeeting', false],
  ['BeRightBack', 'BeRightBack', false],
  ['DoNotDisturb', 'DoNotDisturb', false],
  ['DoNotDisturb', 'Presenting', false],
  ['DoNotDisturb', 'Focusing', false],
  ['DoNotDisturb', 'UrgentInterruptionsOnly', false],
  ['Away', 'Away', true],
  ['Away', 'Inactive', true],
  ['AvailableIdle', 'Available', true],
  ['BusyIdle', 'Busy', true],
  ['Available', 'OutOfOffice', true],
  ['Offline', 'Offline', true],
  ['Offline', 'OffWork', true],
  ['PresenceUnknown', 'PresenceUnknown', true],
];

describe('presence', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let readers: ConnectedUser[];
  let chat: SampleChat;

  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    const residents = await createUsers(
      environment,
      PRESENCES.map((_, number) => number),
    );
    const members = [ANN.oid, ...residents.map(({ oid }) => oid)];
    chat = await environment.microsoft.post<SampleChat>('/playground/chats', {
      kind: 'group',
      topic: 'Everybody',
      members,
    });
    readers = await connectUsers(environment, residents);
    for (const [number, { oid }] of residents.entries()) {
      const [availability, activity] = PRESENCES[number] ?? [];
      await environment.microsoft.put(`/playground/people/${oid}/presence`, { availability, activity });
    }
  });
  after(() => environment?.close());

  test('a message is delivered to users who are not active in Teams, and to no other', async () => {
    await environment.microsoft.delete('/playground/requests');
    await createTeamsUser(environment, ANN).write(chat, 'Who is there?');
    await settled(environment, sidecar.url);
    const counts = await Promise.all(readers.map(async (reader) => (await reader.delivered()).length));
    const seen = PRESENCES.map(([availability, activity], at) => [availability, activity, counts[at]]);
    assert.deepEqual(
      seen,
      PRESENCES.map(([availability, activity, arrives]) => [availability, activity, arrives ? 1 : 0]),
    );
  });

  test('within half a minute no presence is read twice', async () => {
    await createTeamsUser(environment, ANN).write(chat, 'And once more?');
    await settled(environment, sidecar.url);
    const { counts } = await environment.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
    assert.equal(counts['GET /me/presence'], PRESENCES.length);
  });
});
