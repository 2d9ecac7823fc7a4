import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { htmlToMarkdown } from '../../../../sidecar/src/notify/markdown/html.ts';
import type { Embeds } from '../../../../sidecar/src/notify/markdown/html-state.ts';
import { textToMarkdown } from '../../../../sidecar/src/notify/markdown/text.ts';
import { cutMarkdown, MAX_RUNES } from '../../../../sidecar/src/notify/post/truncate.ts';
import { long } from '../fuzz-cases.ts';

const EMBEDS: Embeds = {
  mention: (id) => ({ key: id, label: null }),
  attachment: (id) => `attachment ${id}`,
  picture: ({ source }) => `picture ${source.length}`,
  media: (kind) => kind,
};
/** Far beyond what the texts come to. */
const UNLIMITED = 100_000_000;

/** What of a conversion is shown, and whether the reader is told that there is more. */
function shown({ markdown, complete }: { markdown: string; complete: boolean }): { text: string; cut: boolean } {
  const { text, cut } = cutMarkdown(markdown, MAX_RUNES);
  return { text, cut: cut || !complete };
}

describe('reading no further than can be shown', () => {
  it('shows what reading to the end would show', () => {
    fc.assert(
      fc.property(long, (text) => {
        assert.deepEqual(shown(htmlToMarkdown(text, EMBEDS)), shown(htmlToMarkdown(text, EMBEDS, UNLIMITED)));
        assert.deepEqual(shown(textToMarkdown(text)), shown(textToMarkdown(text, UNLIMITED)));
      }),
      { numRuns: 60 },
    );
  });

  it('reads on where little of much markup can be seen', () => {
    const html = `${'<span></span>'.repeat(5_000)}<table>${'<tr><td></td></tr>'.repeat(500)}</table><p>the end</p>`;
    assert.deepEqual(htmlToMarkdown(html, EMBEDS), { markdown: 'the end', complete: true });
  });

  it('shows the beginning of a table, a list and code that are too long, and says so', () => {
    const table = `<table>${'<tr><td>some words of a cell</td><td>2</td></tr>'.repeat(2_000)}</table>`;
    const list = `<ul>${'<li>some words of an item</li>'.repeat(2_000)}</ul>`;
    const code = `<codeblock><code>${'some words of a line<br>'.repeat(2_000)}</code></codeblock>`;
    for (const html of [table, `<table><tr><td>${'some words '.repeat(4_000)}</td></tr></table>`, list, code]) {
      const { markdown, complete } = htmlToMarkdown(`<p>before</p>${html}<p>after</p>`, EMBEDS);
      assert.equal(complete, false);
      assert.ok(markdown.length > MAX_RUNES, `${markdown.length} characters`);
      assert.match(markdown, /^before\n\n/);
      assert.doesNotMatch(markdown, /after/);
    }
  });

  it('shows all of a table that just fits, and what follows it', () => {
    const table = `<table>${'<tr><td>some words of a cell</td><td>2</td></tr>'.repeat(500)}</table>`;
    const { markdown, complete } = htmlToMarkdown(`${table}<p>after</p>`, EMBEDS);
    assert.equal(complete, true);
    assert.match(markdown, /\n\nafter$/);
  });

  it('counts characters, not halves of them', () => {
    const { markdown, complete } = htmlToMarkdown(`<p>${'😀'.repeat(15_000)}</p><p>after</p>`, EMBEDS);
    assert.equal(complete, true);
    assert.match(markdown, /\n\nafter$/);
  });
});
