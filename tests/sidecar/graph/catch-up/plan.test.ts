import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownMessage } from '../../../../sidecar/src/core/ports/catch-up.ts';
import { DAY, HOUR, MINUTE } from '../../../../sidecar/src/core/time.ts';
import type { Message } from '../../../../sidecar/src/core/types.ts';
import { lookFrom, planCatchUp } from '../../../../sidecar/src/graph/catch-up/plan.ts';
import { readMessage } from '../../../../sidecar/src/graph/wire/message.ts';
import { OID } from '../../../support/builders.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const SINCE = NOW - HOUR;
const ME = { oid: OID };

/** A message of a colleague, half an hour old, unless said otherwise. */
function message(changes: Partial<Message> = {}): Message {
  const createdAt = changes.createdAt ?? NOW - 30 * MINUTE;
  const id = String(createdAt);
  const from = { user: { id: 'ann', displayName: 'Ann', userIdentityType: 'aadUser' } };
  return { ...readMessage({ id, chatId: 'c', from, createdDateTime: new Date(createdAt).toISOString() }), ...changes };
}

function known(over: Partial<KnownMessage>): KnownMessage {
  return { messageId: message().id, state: 'posted', editedAt: null, ...over };
}

type Row = [message: Message, given: { readAt?: number; known?: KnownMessage }, expected: string];

const ROWS: Record<string, Row> = {
  'nobody has told of it': [message(), {}, 'created'],
  'read in Teams': [message(), { readAt: NOW - 30 * MINUTE }, 'read'],
  'read up to the one before': [message(), { readAt: NOW - 31 * MINUTE }, 'created'],
  'written by the person': [message({ sender: { kind: 'user', id: OID, name: null } }), {}, 'nothing'],
  'a system message': [message({ kind: 'system' }), {}, 'nothing'],
  'older than the gap, and reacted to': [message({ createdAt: SINCE }), {}, 'nothing'],
  'deleted before anybody saw it': [message({ deletedAt: NOW }), {}, 'nothing'],
  'waiting in the inbox': [message(), { known: known({ state: 'waiting' }) }, 'nothing'],
  'being posted': [message({ lastEditedAt: NOW }), { known: known({ state: 'posting' }) }, 'nothing'],
  'posted as it is': [message(), { known: known({}) }, 'nothing'],
  'posted, edited since': [message({ lastEditedAt: NOW }), { known: known({}) }, 'updated'],
  'posted, edited again': [message({ lastEditedAt: NOW }), { known: known({ editedAt: NOW - 1 }) }, 'updated'],
  'posted with its edit': [message({ lastEditedAt: NOW }), { known: known({ editedAt: NOW }) }, 'nothing'],
  'posted, deleted since': [message({ deletedAt: NOW }), { known: known({}) }, 'deleted'],
  'posted, read and deleted': [message({ deletedAt: NOW }), { readAt: NOW, known: known({}) }, 'deleted'],
  'removed before': [message({ deletedAt: NOW }), { known: known({ state: 'removed' }) }, 'nothing'],
  'decided not to deliver': [message({ lastEditedAt: NOW }), { known: known({ state: 'skipped' }) }, 'nothing'],
};

describe('what catching up makes of a message', () => {
  for (const [name, [one, given, expected]] of Object.entries(ROWS)) {
    it(name, () => {
      const chat = { readAt: given.readAt ?? null, messages: [one], known: given.known ? [given.known] : [] };
      const plan = planCatchUp(ME, { chats: [chat], since: SINCE, most: 200 });
      const verdicts = [...plan.caught.map(({ change }) => change), ...plan.read.map(() => 'read')];
      assert.deepEqual(verdicts, expected === 'nothing' ? [] : [expected]);
      assert.deepEqual(plan.more, []);
    });
  }

  it('keeps the newest of too many, over all chats, in the order they were written', () => {
    const at = (minutes: number, chatId: string) => message({ createdAt: SINCE + minutes * MINUTE, chatId });
    const chats = [
      { readAt: null, messages: [at(5, 'a'), at(3, 'a'), at(1, 'a')], known: [] },
      { readAt: null, messages: [at(4, 'b'), at(2, 'b')], known: [] },
    ];
    const plan = planCatchUp(ME, { chats, since: SINCE, most: 3 });
    const minutes = (list: Message[]) => list.map(({ createdAt }) => (createdAt - SINCE) / MINUTE);
    assert.deepEqual(minutes(plan.caught.map((one) => one.message)), [3, 4, 5]);
    assert.deepEqual(minutes(plan.more), [1, 2]);
  });

  it('looks back to the last look, to the connection, or for a day, whichever is nearest', () => {
    const from = (caughtUpTo: number, connectedAt: number) => lookFrom({ connectedAt }, { caughtUpTo, now: NOW });
    assert.equal(from(NOW - HOUR, NOW - 2 * DAY), NOW - HOUR);
    assert.equal(from(0, NOW - 2 * HOUR), NOW - 2 * HOUR);
    assert.equal(from(0, 0), NOW - DAY);
  });
});
