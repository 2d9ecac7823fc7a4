import assert from 'node:assert/strict';
import { test } from 'node:test';
import { relativeTime } from '../../../sidecar/src/commands/relative-time.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { NOW } from '../../support/clock.ts';

const MOMENTS: Array<[number, string, string]> = [
  [0, 'now', 'jetzt'],
  [-20 * SECOND, 'now', 'jetzt'],
  [-MINUTE, '1 minute ago', 'vor 1 Minute'],
  [-5 * MINUTE - 10 * SECOND, '5 minutes ago', 'vor 5 Minuten'],
  [10 * MINUTE - SECOND, 'in 10 minutes', 'in 10 Minuten'],
  [-90 * MINUTE, '1 hour ago', 'vor 1 Stunde'],
  [2 * HOUR, 'in 2 hours', 'in 2 Stunden'],
  [-DAY, 'yesterday', 'gestern'],
  [-3 * DAY, '3 days ago', 'vor 3 Tagen'],
  [-65 * DAY, '2 months ago', 'vor 2 Monaten'],
];

for (const [difference, english, german] of MOMENTS) {
  test(`${difference} ms from now is "${english}"`, () => {
    assert.equal(relativeTime(NOW + difference, NOW, 'en'), english);
    assert.equal(relativeTime(NOW + difference, NOW, 'de-AT'), german);
    assert.equal(relativeTime(NOW + difference, NOW, 'fr'), english);
  });
}
