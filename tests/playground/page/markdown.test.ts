import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Block, Inline } from '../../../playground/mattermost/page/markdown/ast.ts';
import { parseMarkdown } from '../../../playground/mattermost/page/markdown/blocks.ts';
import { isSafeHref, parseInline } from '../../../playground/mattermost/page/markdown/inline.ts';

function text(value: string): Inline {
  return { kind: 'text', text: value };
}

function paragraph(...children: Inline[]): Block {
  return { kind: 'paragraph', children };
}

describe('blocks', () => {
  it('keeps a single newline inside the paragraph and parts paragraphs at blank lines', () => {
    assert.deepEqual(parseMarkdown('one\ntwo\n\n\nthree'), [paragraph(text('one\ntwo')), paragraph(text('three'))]);
  });

  it('breaks a line that ends with two spaces', () => {
    assert.deepEqual(parseMarkdown('one  \ntwo'), [paragraph(text('one'), { kind: 'break' }, text('two'))]);
  });

  it('shows raw HTML as text', () => {
    assert.deepEqual(parseMarkdown('<script>alert(1)</script>'), [paragraph(text('<script>alert(1)</script>'))]);
  });

  it('reads a fence with its language and everything inside it as code', () => {
    const [block] = parseMarkdown('````ts\n```\n**x**\n````');
    assert.deepEqual(block, { kind: 'code', language: 'ts', text: '```\n**x**' });
  });

  it('makes quotes lazy until the next blank line', () => {
    const blocks = parseMarkdown('> a\nb\n\nc');
    assert.deepEqual(blocks, [{ kind: 'quote', blocks: [paragraph(text('a\nb'))] }, paragraph(text('c'))]);
  });

  for (const indent of ['  ', '    ']) {
    it(`nests a list indented by ${indent.length} spaces`, () => {
      const [list] = parseMarkdown(`- a\n${indent}- b\n${indent}- c\n- d`);
      assert.ok(list?.kind === 'list');
      assert.equal(list.items.length, 2);
      const inner = list.items[0]?.blocks[1];
      assert.ok(inner?.kind === 'list');
      assert.equal(inner.items.length, 2);
    });
  }

  it('reads task boxes and the first number of an ordered list', () => {
    const [tasks] = parseMarkdown('- [ ] a\n- [x] b');
    assert.ok(tasks?.kind === 'list');
    assert.deepEqual(
      tasks.items.map((item) => item.checked),
      [false, true],
    );
    const [ordered] = parseMarkdown('3. a\n4. b');
    assert.ok(ordered?.kind === 'list');
    assert.deepEqual([ordered.ordered, ordered.start], [true, 3]);
  });

  it('reads tables with alignment and escaped bars, and no table without a header row', () => {
    const [table] = parseMarkdown('| A | B |\n|:--|--:|\n| 1 | x\\|y |');
    assert.ok(table?.kind === 'table');
    assert.deepEqual(table.align, ['left', 'right']);
    assert.deepEqual(table.rows, [[[text('1')], [text('x|y')]]]);
    assert.equal(parseMarkdown('| 1 | 2 |\n| 3 | 4 |')[0]?.kind, 'paragraph');
  });

  it('wants a space after the hashes of a heading', () => {
    assert.equal(parseMarkdown('## Title')[0]?.kind, 'heading');
    assert.equal(parseMarkdown('##Title')[0]?.kind, 'paragraph');
  });
});

describe('running text', () => {
  it('honours the escapes of the dialect and shows other backslashes', () => {
    const [block] = parseMarkdown('\\*a\\* \\@b \\<c');
    assert.ok(block?.kind === 'paragraph');
    const flat = block.children.map((node) => ('text' in node ? node.text : '?')).join('');
    assert.equal(flat, '*a* \\@b \\<c');
  });

  it('renders links of script-like schemes as their text', () => {
    for (const href of ['javascript:alert(1)', 'JaVaScRiPt:x', 'data:text/html,x', 'vbscript:x', 'java&#115;cript:x']) {
      assert.equal(isSafeHref(href), false, href);
      assert.deepEqual(parseInline(`[go](${href})`), [text('go')], href);
    }
  });

  it('reads targets with parentheses, angle brackets, titles and picture sizes', () => {
    const link = (source: string) => {
      const [node] = parseInline(source);
      return node?.kind === 'link' ? node.href : node;
    };
    assert.equal(link('[a](https://x.test/a_(b) "t")'), 'https://x.test/a_(b)');
    assert.equal(link('[a](<https://x.test/a b>)'), 'https://x.test/a b');
    const [image] = parseInline('![alt](https://x.test/p.png =20x10)');
    assert.deepEqual(image, {
      kind: 'image',
      src: 'https://x.test/p.png',
      alt: 'alt',
      title: '',
      width: 20,
      height: 10,
    });
  });

  it('leaves the full stop after a bare address to the sentence', () => {
    const [link, rest] = parseInline('https://x.test/a.');
    assert.equal(link?.kind === 'link' ? link.href : '', 'https://x.test/a');
    assert.deepEqual(rest, text('.'));
  });

  it('finds names and tags, but none after a word character or with a joiner', () => {
    const kinds = (source: string) => parseInline(source).map((node) => node.kind);
    assert.deepEqual(kinds('@all'), ['mention']);
    assert.deepEqual(kinds('#budget'), ['hashtag']);
    assert.deepEqual(kinds('user@host'), ['text']);
    assert.deepEqual(kinds('@\u2060all #\u2060budget ~\u2060town'), ['text']);
    assert.deepEqual(kinds('`@all`'), ['code']);
  });

  it('decodes entities once', () => {
    assert.deepEqual(parseInline('&lt;b&gt; &amp;lt; &unknown;'), [text('<b> &lt; &unknown;')]);
  });

  it('knows no emphasis inside a word written with underscores', () => {
    assert.deepEqual(parseInline('snake_case_name'), [text('snake_case_name')]);
    assert.deepEqual(parseInline('***a***').at(0)?.kind, 'strong');
  });

  it('gets through floods of markers', () => {
    const links = `https://x.test/${')'.repeat(15_000)}`;
    const nested = ['> '.repeat(3000), `${'- '.repeat(3000)}x`, '[a]('.repeat(4000)];
    for (const flood of ['*'.repeat(4000), '['.repeat(2000), '`'.repeat(3000), '~~'.repeat(2000), links, ...nested]) {
      assert.ok(parseMarkdown(flood).length > 0);
    }
  });
});
