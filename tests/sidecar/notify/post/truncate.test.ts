import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cutMarkdown } from '../../../../sidecar/src/notify/post/truncate.ts';

/** The text cut right after its last character: what follows is long, and what closes a text has its room. */
function cutAfter(text: string): string {
  return cutMarkdown(text + 'x'.repeat(1_000), text.length + 128).text;
}

describe('cutMarkdown', () => {
  it('closes the code span it cuts', () => {
    assert.equal(cutAfter('a `code'), 'a `code`');
    assert.equal(cutAfter('a ```` ```@all'), 'a ```` ```@all````');
  });

  it('leaves out a code span of which nothing but its delimiter is left', () => {
    for (const begun of ['a ````', 'a ```` ', 'a ```` ```']) assert.equal(cutAfter(begun), 'a');
    assert.equal(cutAfter('a `b` ````'), 'a `b`');
    assert.equal(cutAfter('a ```` ```@all ```` ````'), 'a ```` ```@all ````');
  });
});
