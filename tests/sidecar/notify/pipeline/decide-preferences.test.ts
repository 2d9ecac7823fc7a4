import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_PREFERENCES, type Preferences } from '../../../../sidecar/src/core/preferences.ts';
import {
  type DecisionFacts,
  decide,
  mindsChatKind,
  UNKNOWN_PRESENCE,
} from '../../../../sidecar/src/notify/pipeline/decide.ts';
import { connection, message, START } from '../../../support/builders.ts';

function facts(over: Partial<DecisionFacts>): DecisionFacts {
  const base = {
    message: message(),
    change: 'created' as const,
    connection: connection(),
    chatKind: null,
    delivered: null,
  };
  return { ...base, presence: UNKNOWN_PRESENCE, now: START, ...over };
}

function deciding(over: Partial<DecisionFacts>): string {
  const decision = decide(facts(over));
  return decision.action === 'skip' ? decision.reason : decision.action;
}

describe('a new message, by the choices of its user', () => {
  const oid = connection().oid;
  const at = (kind: 'user' | 'chat', who: string | null) => ({ id: 0, text: 'x', kind, oid: who });
  const mentioning = message({ mentions: [at('user', 'somebody'), at('user', oid.toUpperCase())] });
  const mentioningAll = message({ mentions: [at('chat', null)] });
  const choosing = (over: Partial<Preferences>) =>
    connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: true, ...over } });

  it('is delivered from the kinds of chat that are wanted', () => {
    const some = choosing({ chats: { oneOnOne: 'none', group: 'mentions', meeting: 'all' } });
    assert.equal(deciding({ connection: some, chatKind: 'oneOnOne', message: mentioning }), 'chat_kind_off');
    assert.equal(deciding({ connection: some, chatKind: 'meeting' }), 'deliver');
    assert.equal(deciding({ connection: some, chatKind: 'group' }), 'not_mentioned');
    assert.equal(deciding({ connection: some, chatKind: 'group', message: mentioning }), 'deliver');
    assert.equal(deciding({ connection: some, chatKind: 'group', message: mentioningAll }), 'deliver');
    assert.equal(mindsChatKind(some.preferences), true);
    assert.equal(mindsChatKind(DEFAULT_PREFERENCES), false);
  });

  it('comes through a muted chat only when it mentions the user by name', () => {
    const muted = (until: number | null) => choosing({ muted: [{ chatId: 'c1', sealedTitle: '', until }] });
    for (const until of [null, START + 1]) {
      assert.equal(deciding({ connection: muted(until) }), 'chat_muted');
      assert.equal(deciding({ connection: muted(until), message: mentioningAll }), 'chat_muted');
      assert.equal(deciding({ connection: muted(until), message: mentioning }), 'deliver');
      assert.equal(deciding({ connection: muted(until), message: message({ chatId: 'c2' }) }), 'deliver');
    }
    assert.equal(deciding({ connection: muted(START) }), 'deliver');
  });

  it('waits for the digest in quiet hours, unless it was seen in Teams', () => {
    const now = Date.UTC(2026, 10, 20, 22);
    const quietHours = { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin', digestAt: '07:30' };
    const quiet = choosing({ quietHours });
    const until = Date.UTC(2026, 10, 21, 6, 30);
    assert.deepEqual(decide(facts({ connection: quiet, now })), { action: 'defer', until });
    assert.equal(
      deciding({ connection: quiet, now, presence: { availability: 'Available', activity: null } }),
      'active_in_teams',
    );
    assert.equal(deciding({ connection: quiet, now: Date.UTC(2026, 10, 20, 12) }), 'deliver');
  });
});
