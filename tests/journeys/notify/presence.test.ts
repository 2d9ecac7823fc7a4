import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Stage } from '../../../playground/environment.ts';
import { openStage } from '../../../playground/environment.ts';
import { ANN, type SampleChat } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createColleague, settled } from '../../../playground/teams-user.ts';
import { joinReaders, type Reader, settleResidents } from '../../support/connected-user.ts';

/** Graph's words for where somebody is in Teams, and whether a message is worth repeating then. */
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
  let stage: Stage;
  let sidecar: SidecarProcess;
  let readers: Reader[];
  let chat: SampleChat;

  before(async () => {
    stage = await openStage();
    sidecar = await stage.startSidecar();
    const residents = await settleResidents(
      stage,
      PRESENCES.map((_, number) => number),
    );
    const members = [ANN.oid, ...residents.map(({ oid }) => oid)];
    chat = await stage.microsoft.post<SampleChat>('/playground/chats', { kind: 'group', topic: 'Everybody', members });
    readers = await joinReaders(stage, residents);
    for (const [number, { oid }] of residents.entries()) {
      const [availability, activity] = PRESENCES[number] ?? [];
      await stage.microsoft.put(`/playground/people/${oid}/presence`, { availability, activity });
    }
  });
  after(() => stage?.close());

  test('a message reaches those who are not active in Teams, and nobody else', async () => {
    await stage.microsoft.delete('/playground/requests');
    await createColleague(stage, ANN).write(chat, 'Who is there?');
    await settled(stage, sidecar.url);
    const counts = await Promise.all(readers.map(async (reader) => (await reader.shown()).length));
    const seen = PRESENCES.map(([availability, activity], at) => [availability, activity, counts[at]]);
    assert.deepEqual(
      seen,
      PRESENCES.map(([availability, activity, arrives]) => [availability, activity, arrives ? 1 : 0]),
    );
  });

  test('within half a minute nobody’s presence is asked for twice', async () => {
    await createColleague(stage, ANN).write(chat, 'And once more?');
    await settled(stage, sidecar.url);
    const { counts } = await stage.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
    assert.equal(counts['GET /me/presence'], PRESENCES.length);
  });
});
