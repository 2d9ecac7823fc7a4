import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compose } from '../../../../sidecar/src/notify/post/compose.ts';
import { inputOf, loadCorpus } from '../corpus.ts';
import { checkPost } from '../post-checks.ts';

const BLOCKS = ['p', 'div', 'h2', 'blockquote', 'pre', 'codeblock', 'ul><li', 'ol><li', 'table><tr><td'];
const INLINES = ['b', 'i', 's', 'u', 'sub', 'sup', 'code', 'a href="https://x.example"', 'span', 'at id="0"'];

/** Opens and closes what a name of the lists above stands for. */
function wrap(name: string, inner: string): string {
  const tags = name.split('><').map((tag) => tag.split(' ')[0]);
  const closing = tags.toReversed().map((tag) => `</${tag}>`);
  return `<${name}>${inner}${closing.join('')}`;
}

describe('compose, every element in every other', () => {
  const given = loadCorpus().find(([name]) => name === 'header-group')?.[1];
  assert.ok(given);
  const input = inputOf(given);

  for (const outer of [...BLOCKS, ...INLINES]) {
    it(`<${outer}> keeps the words of whatever it holds`, () => {
      for (const inner of [...BLOCKS, ...INLINES]) {
        for (const text of ['word', ' @all #tag ', '* `x` [y](z)']) {
          const content = `before ${wrap(outer, `left ${wrap(inner, text)} right`)} after`;
          const { message } = compose({
            ...input,
            message: { ...input.message, body: { type: 'html', content } },
          }).post;
          const seen = message
            .replaceAll('\u2060', '')
            .replaceAll('&#42;', '*')
            .replace(/\\(?=[^\w\s])/g, '');
          for (const word of ['before', 'left', text.trim(), 'right', 'after']) {
            assert.ok(seen.includes(word), `${word} of ${content} is not in ${message}`);
          }
          checkPost({ ...given.message, body: { contentType: 'html', content } }, given.chat);
        }
      }
    });
  }
});
