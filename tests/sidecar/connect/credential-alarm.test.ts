import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { CredentialAlarmDeps } from '../../../sidecar/src/connect/credential-alarm.ts';
import { createCredentialAlarm } from '../../../sidecar/src/connect/credential-alarm.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { DAY, MINUTE } from '../../../sidecar/src/core/time.ts';
import type { Reply } from '../../../sidecar/src/core/types.ts';
import { createLeases } from '../../../sidecar/src/store/tables/leases.ts';
import { user } from '../../support/builders.ts';
import { createRunningClock } from '../../support/clock.ts';
import { databaseKinds } from '../../support/databases.ts';
import { createTestLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';

const EXPIRED = new AppError('client_credential_invalid', 'Microsoft Entra ID refused a request.', {
  remedy: 'Check it.',
  fields: { aadsts: 7000222 },
});

describe('the alarm about the credential', () => {
  let leases: CredentialAlarmDeps['leases'];
  let drop: () => Promise<void>;

  before(async () => {
    const [kind] = await databaseKinds();
    const made = await kind?.create();
    assert.ok(made);
    leases = createLeases(made.db);
    drop = made.drop;
  });
  after(() => drop());

  /** Replicas over the same leases; each test has its own day. */
  let day = 0;
  function scene() {
    day += 10;
    const clock = createRunningClock();
    clock.advance(day * DAY);
    const log = createTestLog();
    const sent: Array<{ userId: string; reply: Reply }> = [];
    const state = { away: false, failures: 0 };
    const deps: CredentialAlarmDeps = {
      leases,
      userByName: async (name) => (name === 'nobody' ? null : user({ id: name, locale: name === 'bob' ? 'de' : 'en' })),
      bot: {
        send: async (userId, reply) => {
          if (state.away) {
            state.failures += 1;
            throw new AppError('mattermost_unavailable', 'Mattermost is away.');
          }
          sent.push({ userId, reply });
        },
      },
      alertUsers: ['alice', 'bob', 'nobody'],
      clock,
      log,
    };
    const alarms = () => log.lines.filter(({ level }) => level === 'error');
    return { clock, log, sent, state, alarms, replica: () => createCredentialAlarm(deps) };
  }

  const warned = (log: ReturnType<typeof createTestLog>) =>
    log.lines.some(({ message }) => message.includes('ALERT_USERS'));

  test('is logged and told to each of ALERT_USERS once a day, whichever replica notices, in their language', async () => {
    const { clock, log, sent, alarms, replica } = scene();
    const [one, other] = [replica(), replica()];
    for (const alarm of [one, other, one]) alarm.report(EXPIRED);
    await until(() => sent.length === 2 && warned(log));
    clock.advance(DAY - MINUTE);
    one.report(EXPIRED);
    clock.advance(2 * MINUTE);
    other.report(EXPIRED);
    await until(() => sent.length === 4);
    assert.deepEqual(sent.map(({ userId }) => userId).sort(), ['alice', 'alice', 'bob', 'bob']);
    assert.equal(alarms().length, 2);
    const [text, german] = ['alice', 'bob'].map((name) => sent.find(({ userId }) => userId === name)?.reply.text ?? '');
    assert.match(text ?? '', /client secret has expired.*MICROSOFT_CLIENT_SECRET.*AADSTS7000222/s);
    assert.match(german ?? '', /Clientschlüssel ist abgelaufen/);
  });

  test('is told later to whom it could not be told, and only to them', async () => {
    const { sent, state, log, replica } = scene();
    state.away = true;
    replica().report(EXPIRED);
    await until(() => state.failures === 2 && warned(log));
    state.away = false;
    replica().report(EXPIRED);
    await until(() => sent.length === 2);
    replica().report(EXPIRED);
    assert.equal(sent.length, 2);
  });

  test('names the problem until it is over', () => {
    const { replica, clock } = scene();
    const alarm = replica();
    assert.equal(alarm.current(), null);
    alarm.report(EXPIRED);
    const since = alarm.current()?.since ?? 0;
    clock.advance(MINUTE);
    alarm.report(EXPIRED);
    assert.deepEqual(alarm.current(), {
      code: 'client_credential_invalid',
      message: EXPIRED.message,
      remedy: 'Check it.',
      since,
    });
    alarm.report(null);
    assert.equal(alarm.current(), null);
  });
});
