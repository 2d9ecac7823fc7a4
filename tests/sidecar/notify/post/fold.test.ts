import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { ExistingPost } from '../../../../sidecar/src/core/ports/bot.ts';
import type { PostDraft } from '../../../../sidecar/src/core/types.ts';
import { compose } from '../../../../sidecar/src/notify/post/compose.ts';
import { appendPart, isFoldable, partsOf, replacePart } from '../../../../sidecar/src/notify/post/fold.ts';
import { countRunes, MAX_RUNES } from '../../../../sidecar/src/notify/post/truncate.ts';
import { message, START } from '../../../support/builders.ts';

const CHAT = { id: 'c1', kind: 'group' as const, topic: 'Budget', members: [] };

/** What is posted for the n-th message of the chat. */
function draft(n: number, content: string, over: Parameters<typeof message>[0] = {}): PostDraft {
  const { post } = compose({
    message: message({ ...over, id: String(START + n), body: { type: 'text', content } }),
    chat: CHAT,
    reader: { oid: 'me', username: 'me' },
    teamsUrl: 'https://teams.example',
    tid: 't',
    locale: 'en',
  });
  return { ...post, props: { ...post.props, msteams_delivery: `key${n}` } };
}

function fold(...drafts: PostDraft[]): ExistingPost {
  return drafts.reduce<ExistingPost>((post, next) => {
    const folded = appendPart(post, next, 'en');
    assert.ok(folded);
    return folded;
  }, drafts.shift() as ExistingPost);
}

function keysOf(post: ExistingPost): string[] {
  return partsOf(post).map(({ delivery }) => delivery);
}

describe('folding', () => {
  it('adds messages below the first, each with a header that opens that message', () => {
    const post = fold(draft(1, 'one'), draft(2, 'two'), draft(3, 'three'));
    assert.deepEqual(keysOf(post), ['key1', 'key2', 'key3']);
    const [head, one, second, two, third, three] = post.message.split('\n\n');
    assert.match(head ?? '', /\*\*Bo\*\* in \[Budget\]/);
    assert.deepEqual([one, two, three], ['one', 'two', 'three']);
    for (const [line, n] of [[second, 2] as const, [third, 3] as const]) {
      assert.match(line ?? '', new RegExp(`^\\*\\*Bo\\*\\* · \\[Open in Teams\\]\\(.*/l/message/c1/${START + n}`));
    }
  });

  it('shows everything on the card of the first message', () => {
    const post = fold(draft(1, 'one'), draft(2, 'two'));
    const card = post.props.msteams as { body: string; messageId: string };
    assert.equal(card.messageId, String(START + 1));
    assert.ok(post.message.endsWith(card.body));
    assert.ok(card.body.startsWith('one\n\n'));
  });

  for (const [n, place] of [
    [1, 'first'],
    [2, 'second'],
    [3, 'last'],
  ] as const) {
    it(`changes the ${place} message and no other`, () => {
      const before = fold(draft(1, 'one'), draft(2, 'two'), draft(3, 'three'));
      const after = replacePart(before, draft(n, 'changed', { lastEditedAt: START + 9 }), 'en');
      assert.ok(after);
      const texts = ['one', 'two', 'three'].with(n - 1, 'changed');
      assert.deepEqual(
        after.message.split('\n\n').filter((_, index) => index % 2 === 1),
        texts,
      );
      const isEdited = after.message.split('\n\n').filter((_, index) => index % 2 === 0);
      assert.deepEqual(
        isEdited.map((line) => line.includes('edited')),
        [n === 1, n === 2, n === 3],
      );
      assert.deepEqual(keysOf(after), keysOf(before));
    });
  }

  it('takes the text of a deleted message out everywhere, and leaves the others', () => {
    const before = fold(draft(1, 'secret'), draft(2, 'two'));
    const after = replacePart(before, draft(1, 'secret', { deletedAt: START + 9 }), 'en');
    assert.ok(after);
    assert.equal(JSON.stringify(after).includes('secret'), false);
    assert.match(after.message, /deleted/);
    assert.match(after.message, /two/);
    assert.equal((after.props.msteams as { deleted: boolean }).deleted, false);
  });

  it('does not fold what does not fit, and cuts an edit that grew too long', () => {
    const long = 'word '.repeat(2_500);
    assert.equal(appendPart(draft(1, long) as ExistingPost, draft(2, long), 'en'), null);
    const post = fold(draft(1, 'one'), draft(2, 'two'));
    const grown = replacePart(post, draft(1, 'word '.repeat(4_000)), 'en');
    assert.ok(grown && countRunes(grown.message) <= MAX_RUNES);
    assert.ok(grown.message.endsWith('two'));
    assert.match(grown.message, /continue in Teams/i);
  });

  it('leaves alone what it does not know', () => {
    const foreign = { message: 'hello', props: {} };
    assert.equal(appendPart(foreign, draft(1, 'one'), 'en'), null);
    assert.deepEqual(partsOf(foreign), []);
    const post = fold(draft(1, 'one'), draft(2, 'two'));
    assert.equal(replacePart(post, draft(7, 'not in it'), 'en'), null);
    const broken = { ...post, props: { ...post.props, msteams_parts: [{ delivery: 1 }] } };
    assert.equal(appendPart(broken, draft(3, 'three'), 'en'), null);
    assert.equal(replacePart(broken, draft(2, 'changed'), 'en'), null);
  });

  it('never writes back buttons as Mattermost shows them, nor shares a post that has files', () => {
    const standing = draft(1, 'one');
    standing.props.attachments = [{ actions: [{ id: 'x', name: 'Mute' }] }];
    const post = fold(standing, draft(2, 'two'));
    assert.equal('attachments' in post.props, false);
    assert.equal(isFoldable({ ...draft(3, 'three'), fileIds: ['f'] }), false);
  });
});
