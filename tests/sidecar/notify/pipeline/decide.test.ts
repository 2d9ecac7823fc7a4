import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import type { Delivery } from '../../../../sidecar/src/core/ports/deliveries.ts';
import { DEFAULT_PREFERENCES } from '../../../../sidecar/src/core/preferences.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import type { Decision, Presence } from '../../../../sidecar/src/core/types.ts';
import {
  type DecisionFacts,
  decide,
  isActive,
  UNKNOWN_PRESENCE,
} from '../../../../sidecar/src/notify/pipeline/decide.ts';
import { connection, message, START } from '../../../support/builders.ts';

function facts(over: Partial<DecisionFacts> = {}): DecisionFacts {
  const away = connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'away' } });
  const presence = UNKNOWN_PRESENCE;
  return {
    message: message(),
    change: 'created',
    connection: away,
    chatKind: null,
    presence,
    delivered: null,
    now: START,
    ...over,
  };
}

function delivery(over: Partial<Delivery> = {}): Delivery {
  const key = { userId: 'u1', tid: CONTOSO, chatId: 'c1', messageId: String(START) };
  const post = { pendingPostId: 'x', channelId: 'dm', postId: 'p1', foldedInto: null, intentAt: START };
  return { ...key, ...post, state: 'posted', version: '1', modifiedAt: START, editedAt: null, ...over };
}

function outcome(decision: Decision): string {
  return decision.action === 'skip' ? decision.reason : decision.action;
}

function deciding(over: Partial<DecisionFacts>): string {
  return outcome(decide(facts(over)));
}

describe('presence', () => {
  const words = (suppressed: boolean, list: string) => list.split(' ').map((word) => [word, suppressed] as const);
  const availabilities = [
    ...words(true, 'Available Busy DoNotDisturb BeRightBack focusing inACall inAMeeting presenting'),
    ...words(false, 'AvailableIdle Away BusyIdle Offline OutOfOffice PresenceUnknown SomethingNew'),
  ];
  const activities = [
    ...words(true, 'Available Busy DoNotDisturb BeRightBack InACall InAConferenceCall InAMeeting'),
    ...words(true, 'Presenting UrgentInterruptionsOnly Focusing'),
    ...words(false, 'Away Inactive Offline OffWork OutOfOffice PresenceUnknown SomethingNew'),
  ];
  for (const [word, active] of availabilities) {
    it(`takes availability ${word} alone for ${active ? 'active' : 'not active'}, in any case`, () => {
      for (const one of [word, word.toUpperCase(), word.toLowerCase()])
        assert.equal(isActive({ availability: one, activity: null }), active);
    });
  }
  for (const [word, active] of activities) {
    it(`takes activity ${word} alone for ${active ? 'active' : 'not active'}, in any case`, () => {
      for (const one of [word, word.toUpperCase(), word.toLowerCase()])
        assert.equal(isActive({ availability: null, activity: one }), active);
    });
  }

  const pairs: [string | null, string | null, boolean][] = [
    // The pairs that Microsoft documents.
    ['Available', 'Available', true],
    ['Available', 'OutOfOffice', false],
    ['Busy', 'Busy', true],
    ['Busy', 'InACall', true],
    ['Busy', 'InAMeeting', true],
    ['DoNotDisturb', 'DoNotDisturb', true],
    ['DoNotDisturb', 'Presenting', true],
    ['Away', 'Away', false],
    ['BeRightBack', 'BeRightBack', true],
    ['Offline', 'OffWork', false],
    // Idle variants, and words that contradict each other: engaged before away before active.
    ['AvailableIdle', 'Available', false],
    ['Available', 'Inactive', false],
    ['BusyIdle', 'Busy', false],
    ['BusyIdle', 'InAMeeting', true],
    ['Away', 'InACall', true],
    ['DoNotDisturb', 'UrgentInterruptionsOnly', true],
    ['PresenceUnknown', 'PresenceUnknown', false],
    ['PresenceUnknown', 'Available', true],
    ['Available', 'SomethingNew', true],
    ['SomethingNew', 'SomethingNew', false],
    [null, null, false],
    ['', '', false],
  ];
  for (const [availability, activity, active] of pairs) {
    it(`takes ${availability} with ${activity} for ${active ? 'active' : 'not active'}`, () => {
      assert.equal(isActive({ availability, activity }), active);
    });
  }
});

describe('a new message', () => {
  const active: Presence = { availability: 'Available', activity: 'Available' };

  it('is delivered while away and skipped while active', () => {
    assert.equal(deciding({}), 'deliver');
    assert.equal(deciding({ presence: active }), 'active_in_teams');
  });

  it('is delivered with any presence to a user who chose always', () => {
    const always = connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' } });
    assert.equal(deciding({ presence: active, connection: always }), 'deliver');
  });

  it('is not delivered while notifications are off', () => {
    assert.equal(
      deciding({ connection: connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'always' } }) }),
      'notifications_off',
    );
  });

  it('is skipped when it is an own message or a system event', () => {
    const { oid } = connection();
    assert.equal(
      deciding({ message: message({ sender: { kind: 'user', id: oid.toUpperCase(), name: null } }) }),
      'own_message',
    );
    assert.equal(deciding({ message: message({ sender: { kind: 'app', id: oid, name: null } }) }), 'deliver');
    assert.equal(deciding({ message: message({ sender: null }) }), 'deliver');
    assert.equal(deciding({ message: message({ kind: 'system' }) }), 'system_event');
  });

  it('is unreadable when it came without content', () => {
    assert.equal(deciding({ message: null }), 'unreadable');
  });

  it('is a duplicate once it was posted or skipped, and gone once it was deleted', () => {
    assert.equal(deciding({ delivered: delivery() }), 'duplicate');
    assert.equal(deciding({ delivered: delivery({ state: 'skipped' }) }), 'duplicate');
    assert.equal(deciding({ delivered: delivery({ state: 'removed', postId: null }) }), 'message_gone');
  });

  it('is still delivered when the request may have been sent, regardless of later changes', () => {
    const off = connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' } });
    assert.equal(
      deciding({ delivered: delivery({ state: 'posting', postId: null }), connection: off, presence: active }),
      'deliver',
    );
  });
});

describe('a changed message', () => {
  const later = { version: '2', lastModifiedAt: START + 5_000 };
  const edit = message({ ...later, lastEditedAt: START + 5_000 });
  const changed = (over: Partial<DecisionFacts>) => deciding({ change: 'updated', message: edit, ...over });

  it('changes its post after an edit, also when notifications are off by now', () => {
    assert.equal(changed({ delivered: delivery() }), 'update');
    assert.equal(
      changed({
        delivered: delivery(),
        connection: connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' } }),
      }),
      'update',
    );
  });

  it('changes nothing after a reaction', () => {
    assert.equal(changed({ delivered: delivery(), message: message({ ...later, reactionCount: 1 }) }), 'unchanged');
    const editedBefore = delivery({ editedAt: START + 1_000, modifiedAt: START + 1_000 });
    assert.equal(
      changed({ delivered: editedBefore, message: message({ ...later, lastEditedAt: START + 1_000 }) }),
      'unchanged',
    );
  });

  it('changes its post when its text was taken away by data-loss prevention', () => {
    assert.equal(changed({ delivered: delivery(), message: message({ ...later, blocked: true }) }), 'update');
  });

  it('is a duplicate when the post shows this or a newer version', () => {
    assert.equal(changed({ delivered: delivery({ version: '2', modifiedAt: START + 5_000 }) }), 'duplicate');
    assert.equal(changed({ delivered: delivery({ version: '3', modifiedAt: START + 9_000 }) }), 'duplicate');
    assert.equal(changed({ delivered: delivery({ version: '2', modifiedAt: null }) }), 'duplicate');
  });

  it('is skipped when the message was skipped, and is gone when it was deleted', () => {
    assert.equal(changed({ delivered: delivery({ state: 'skipped' }) }), 'never_delivered');
    assert.equal(changed({ delivered: delivery({ state: 'removed' }) }), 'message_gone');
  });

  it('is delivered as new when it overtook its message, for as long as Microsoft repeats notifications', () => {
    assert.equal(changed({}), 'deliver');
    assert.equal(changed({ now: START + 4 * HOUR }), 'deliver');
    assert.equal(changed({ now: START + 4 * HOUR + 1 }), 'never_delivered');
    assert.equal(changed({ connection: connection({ connectedAt: START + 1 }) }), 'never_delivered');
  });
});

describe('a deleted message', () => {
  const gone = (delivered: Delivery | null) => deciding({ change: 'deleted', message: null, delivered });

  it('takes its text out of the post, also when the post may only just be there', () => {
    assert.equal(gone(delivery()), 'remove');
    assert.equal(gone(delivery({ state: 'posting', postId: null })), 'remove');
  });

  it('has nothing to remove when it never was a post', () => {
    assert.equal(gone(null), 'never_delivered');
    assert.equal(gone(delivery({ state: 'skipped' })), 'never_delivered');
    assert.equal(gone(delivery({ state: 'removed' })), 'duplicate');
  });

  it('is told by its content as well as by the kind of change', () => {
    const content = message({ deletedAt: START + 1, body: { type: 'text', content: '' } });
    assert.equal(deciding({ change: 'updated', message: content, delivered: delivery() }), 'remove');
  });
});
