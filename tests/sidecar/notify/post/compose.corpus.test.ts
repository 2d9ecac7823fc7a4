import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { composeCase, loadCorpus } from '../corpus.ts';

describe('compose, corpus', () => {
  const corpus = loadCorpus();

  it('has at least 150 cases', () => {
    assert.ok(corpus.length >= 150, `${corpus.length} cases`);
  });

  for (const [name, given] of corpus) {
    it(`${name}: ${given.shows}`, () => {
      const { post, pictures, snippets } = composeCase(given);
      assert.equal(post.message, given.post.message);
      assert.deepEqual(
        [...pictures, ...snippets].map(({ key }) => key),
        given.asks ?? [],
      );
      const props: Record<string, unknown> = Object(post.props.msteams);
      for (const [key, value] of Object.entries(given.post.props ?? {})) assert.deepEqual(props[key], value, key);
    });
  }
});
