import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_PREFERENCES, isTimeZone, readPreferences } from '../../../sidecar/src/core/preferences.ts';

describe('stored preferences', () => {
  it('come back as they were', () => {
    const all = {
      enabled: true,
      when: 'always' as const,
      chats: { oneOnOne: 'none' as const, group: 'mentions' as const, meeting: 'none' as const },
      fold: false,
      quietHours: { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin', digestAt: '07:30' },
      muted: [
        { chatId: 'a', sealedTitle: 's', until: null },
        { chatId: 'b', sealedTitle: 's', until: 5 },
      ],
    };
    assert.deepEqual(readPreferences(JSON.stringify(all)), all);
  });

  it('of an older version get the defaults for what it did not know', () => {
    assert.deepEqual(readPreferences('{"enabled":true,"when":"away"}'), { ...DEFAULT_PREFERENCES, enabled: true });
  });

  it('that make no sense become the defaults', () => {
    const odd = [
      '',
      'null',
      '[]',
      '7',
      '{"enabled":1,"when":"now","chats":7,"fold":"x","quietHours":{"from":"9"},"muted":[null,{"chatId":1}]}',
      '{"chats":{"oneOnOne":"mentions","group":"some"},"quietHours":{"from":"20:00","to":"07:00","timeZone":"Moon/Base"}}',
    ];
    for (const json of odd) assert.deepEqual(readPreferences(json), DEFAULT_PREFERENCES, json);
  });

  it('name time zones that this machine knows', () => {
    assert.ok(isTimeZone('Europe/Berlin') && isTimeZone('UTC'));
    for (const name of ['', 'Moon/Base', 7, null, 'x'.repeat(100)]) assert.equal(isTimeZone(name), false);
  });
});
