import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  clockText,
  digestTime,
  isQuiet,
  minuteOfDay,
  nextLocalTime,
  tomorrowMorning,
} from '../../../sidecar/src/core/local-time.ts';
import { HOUR, MINUTE } from '../../../sidecar/src/core/time.ts';

const BERLIN = 'Europe/Berlin';
/** Berlin changes from 02:00 to 03:00 on 2026-03-29, and from 03:00 to 02:00 on 2026-10-25. */
const utc = (text: string) => Date.parse(`${text}Z`);

describe('local time', () => {
  it('is that of the zone', () => {
    assert.equal(minuteOfDay(utc('2026-11-20T22:30'), BERLIN), 23 * 60 + 30);
    assert.equal(minuteOfDay(utc('2026-11-20T23:30'), BERLIN), 30);
    assert.equal(minuteOfDay(utc('2026-11-20T12:00'), 'Asia/Kathmandu'), 17 * 60 + 45);
  });

  it('comes next strictly after now, and minds clock changes', () => {
    assert.equal(nextLocalTime('08:00', BERLIN, utc('2026-11-20T06:59:59')), utc('2026-11-20T07:00'));
    assert.equal(nextLocalTime('08:00', BERLIN, utc('2026-11-20T07:00')), utc('2026-11-21T07:00'));
    assert.equal(nextLocalTime('08:00', BERLIN, utc('2026-03-28T20:00')), utc('2026-03-29T06:00'));
    assert.equal(nextLocalTime('08:00', BERLIN, utc('2026-10-24T20:00')), utc('2026-10-25T07:00'));
    assert.equal(nextLocalTime('00:30', BERLIN, utc('2026-03-28T20:00')), utc('2026-03-28T23:30'));
  });

  it('that a clock change leaves out still comes, within the hour', () => {
    const at = nextLocalTime('02:30', BERLIN, utc('2026-03-28T20:00'));
    assert.ok(Math.abs(at - utc('2026-03-29T01:30')) <= HOUR);
  });

  it('comes next within two days for every zone and every hour of a year', () => {
    for (const zone of [BERLIN, 'America/New_York', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC']) {
      for (let now = utc('2026-01-01T00:17'); now < utc('2027-01-01T00:00'); now += 7 * HOUR) {
        const next = nextLocalTime('07:45', zone, now);
        assert.ok(next > now && next - now <= 25 * HOUR, `${zone} ${new Date(now).toISOString()}`);
        assert.equal(minuteOfDay(next, zone), 7 * 60 + 45);
      }
    }
  });
});

describe('quiet hours', () => {
  const night = { from: '20:00', to: '07:00', timeZone: BERLIN, digestAt: '07:30' };

  it('reach over midnight, from the first minute to the last', () => {
    const cases: [string, boolean][] = [
      ['2026-11-20T18:59', false],
      ['2026-11-20T19:00', true],
      ['2026-11-21T05:59', true],
      ['2026-11-21T06:00', false],
    ];
    for (const [at, quiet] of cases) assert.equal(isQuiet(night, utc(at)), quiet, at);
    assert.equal(isQuiet({ ...night, from: '12:00', to: '13:00' }, utc('2026-11-20T11:30')), true);
    assert.equal(isQuiet({ ...night, from: '12:00', to: '13:00' }, utc('2026-11-20T12:00')), false);
    assert.equal(isQuiet({ ...night, to: '20:00' }, utc('2026-11-20T12:00')), true);
  });

  it('end in a digest at its time, or at their end when the digest time is over already', () => {
    const late = utc('2026-11-20T22:00');
    assert.equal(digestTime(night, late), utc('2026-11-21T06:30'));
    assert.equal(digestTime({ ...night, digestAt: '06:00' }, late), utc('2026-11-21T05:00'));
    assert.equal(digestTime({ ...night, digestAt: '06:00' }, utc('2026-11-21T05:30')), utc('2026-11-21T06:00'));
    assert.equal(digestTime({ ...night, digestAt: '12:00' }, late), utc('2026-11-21T11:00'));
    assert.equal(digestTime({ ...night, digestAt: night.to }, late), utc('2026-11-21T06:00'));
  });
});

describe('words for a moment', () => {
  it('is tomorrow at nine by the clock of the user', () => {
    assert.equal(tomorrowMorning(BERLIN, utc('2026-11-20T12:00')), utc('2026-11-21T08:00'));
    assert.equal(tomorrowMorning(BERLIN, utc('2026-11-20T23:30')), utc('2026-11-22T08:00'));
  });

  it('shows the day only when it is not near', () => {
    const now = utc('2026-11-20T12:00');
    assert.equal(clockText(now + HOUR, { now, timeZone: BERLIN, language: 'en' }), '14:00');
    assert.match(
      clockText(now + 21 * HOUR + MINUTE, { now, timeZone: BERLIN, language: 'de' }),
      /Sa.*21\..*Nov.*10:01/,
    );
  });
});
