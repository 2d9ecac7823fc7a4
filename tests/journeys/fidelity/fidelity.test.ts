import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { parseHashtags } from '../../../playground/mattermost/posts/hashtags.ts';
import { type Case, composeCase, loadCorpus } from '../../sidecar/notify/corpus.ts';
import { openBrowser } from '../../support/browser.ts';
import { DIFFERENCES, type Part } from './differences.ts';
import { mattermostHtml, type Reading, readShown, teamsHtml } from './reading.ts';
import { mobileRenderer, pageRenderer, type Renderer, webRenderer } from './renderers.ts';

const PARTS: readonly Part[] = [
  ...(['lines', 'bold', 'italic', 'struck', 'headings', 'links', 'code', 'spans', 'quotes', 'tables'] as const),
  'pictures',
];

/** Mattermost's patterns: web `text_formatting.tsx` and `constants.tsx`; the server's hashtags are `parseHashtags`. */
const LIVELY: readonly [what: string, pattern: RegExp][] = [
  ['a mention', /(?:\B|\b_+)@([a-z0-9.\-_]+)/i],
  ['a mention of all', /(?:\B|\b_+)@(channel|all|here)(?!(\.|-|_)*[^\W_])/i],
  ['a channel link', /\B~[a-z0-9.\-_]+/i],
  ['a hashtag', /(^|\W)(#\p{L}[\p{L}\d\-_.]+[\p{L}\d])/u],
];

/**
 * Each post of the corpus, shown as Mattermost shows it, beside its message as a browser shows Teams' HTML: what a person reads is the same.
 *
 * Mattermost has two parsers. Mobile's is on npm (`@mattermost/commonmark`). The web app's, a fork of marked 0.3.6, is not: the playground's
 * page, written after it, stands for it, and the fork itself takes part when `MATTERMOST_MARKED` names a copy. Known to differ: only the web
 * app reads tables outside lists alone, joins neighbouring quotes, ends italics at an escaped `*` and opens none before a quotation mark;
 * only mobile links bare e-mail addresses in its parser (the web app does so later) and leaves `~~` inside a word alone. The corpus keeps
 * to what both read the same, so one table of differences serves all.
 *
 * Both sides are normalised alike: white space and U+2060 count for nothing, list markers become `•` and numbers, a table is compared cell
 * by cell without empty cells, addresses are compared decoded.
 */
describe('a message in Teams and its post in Mattermost', () => {
  const corpus = loadCorpus();
  let browser: Browser;
  const renderers: Renderer[] = [];
  let teams: Reading[] = [];
  /** By renderer, as the corpus is ordered: the text below the first line, and the whole post. */
  const posts: { bodies: Reading[]; wholes: Reading[] }[] = [];

  before(async () => {
    browser = await openBrowser();
    const page: Page = await browser.newPage();
    renderers.push(mobileRenderer(), await pageRenderer());
    if (process.env.MATTERMOST_MARKED) renderers.push(webRenderer(process.env.MATTERMOST_MARKED));
    teams = await readShown(
      page,
      corpus.map(([, given]) => teamsHtml(given)),
    );
    for (const renderer of renderers) {
      const shown = (text: (message: string) => string) =>
        corpus.map(([, given]) => mattermostHtml(renderer.html(text(composeCase(given).post.message))));
      const bodies = await readShown(
        page,
        shown((message) => message.slice(message.indexOf('\n\n') + 2)),
      );
      posts.push({
        bodies,
        wholes: await readShown(
          page,
          shown((message) => message),
        ),
      });
    }
  });
  after(() => browser?.close());

  for (const [at, [name, given]] of corpus.entries()) {
    it(`${name}: ${given.shows}`, () => {
      const told = teams[at];
      assert.ok(told);
      for (const [index, { name: renderer }] of renderers.entries()) {
        const body = posts[index]?.bodies[at];
        const whole = posts[index]?.wholes[at];
        assert.ok(body && whole);
        compare(name, { told, read: withoutMailLinks(told, body) }, renderer);
        checkHarmless(given, whole, renderer);
      }
    });
  }

  it('emphasis in emphasis reads the same wherever it begins and ends', async () => {
    const [, given] = corpus.find(([name]) => name === 'bold') ?? [];
    assert.ok(given);
    const page = await browser.newPage();
    const cases = emphasisGrid().map((content) => withBody(given, content));
    const told = await readShown(page, cases.map(teamsHtml));
    for (const renderer of renderers) {
      const messages = cases.map((one) => composeCase(one).post.message);
      const shown = messages.map((message) =>
        mattermostHtml(renderer.html(message.slice(message.indexOf('\n\n') + 2))),
      );
      for (const [at, read] of (await readShown(page, shown)).entries()) {
        const [wanted, content] = [told[at], emphasisGrid()[at]];
        assert.ok(wanted);
        for (const part of PARTS) {
          assert.deepEqual(
            plain(read, part),
            plain(wanted, part),
            `${renderer.name}, ${part} of ${content}: ${messages[at]}`,
          );
        }
      }
    }
  });

  it('names no difference that is none', () => {
    const names = new Set(corpus.map(([name]) => name));
    const unknown = DIFFERENCES.flatMap(({ cases }) => cases).filter((name) => !names.has(name));
    assert.deepEqual(unknown, []);
    for (const { cases, why } of DIFFERENCES) assert.equal(new Set(cases).size, cases.length, why);
  });
});

/** Every style in every other, at its beginning, in its middle, at its end and alone in it, around words and punctuation. */
function emphasisGrid(): string[] {
  const styles = ['b', 'i', 's'];
  const texts = [
    'word',
    '(x)',
    '"x"',
    '5*3',
    '&lt;x&gt;',
    'a_b',
    '<code>x</code>',
    '<a href="https://x.example/p">x</a>',
  ];
  return styles.flatMap((outer) =>
    styles.flatMap((inner) =>
      texts.flatMap((text) => {
        const nested = `<${inner}>${text}</${inner}>`;
        const around = [`${nested} end`, `begin ${nested} end`, `begin ${nested}`, nested];
        return around.map((content) => `<p>before <${outer}>${content}</${outer}> after</p>`);
      }),
    ),
  );
}

function withBody(given: Case, content: string): Case {
  return { ...given, message: { ...given.message, body: { contentType: 'html', content } } };
}

function compare(name: string, { told, read }: { told: Reading; read: Reading }, renderer: string): void {
  const meant = DIFFERENCES.filter(({ cases }) => cases.includes(name));
  let same = true;
  for (const part of PARTS) {
    const [before, now] = [plain(told, part), plain(read, part)];
    if (isDeepStrictEqual(before, now)) continue;
    same = false;
    if (meant.some(({ changes }) => changes?.includes(part))) continue;
    if (meant.some(({ adds }) => adds?.includes(part))) {
      assert.ok(
        holds(now, before),
        `${renderer}, ${part}: ${JSON.stringify(now)} lacks some of ${JSON.stringify(before)}`,
      );
    } else assert.deepEqual(now, before, `${renderer}, ${part}`);
  }
  assert.equal(same, meant.length === 0, `${renderer}: reads the same, but is named as different`);
}

/** A part as pieces in order: lines, letters, addresses with their text. */
function plain(reading: Reading, part: Part): readonly string[] {
  const value = reading[part];
  if (part === 'links') return reading.links.map(([text, href]) => `${text} → ${decoded(href)}`);
  if (typeof value === 'string') return Array.from(value);
  return Array.isArray(value)
    ? value.map((piece) => (typeof piece === 'string' ? piece : JSON.stringify(piece)))
    : [String(value)];
}

/** Mattermost percent-encodes what would end a link. */
function decoded(href: string): string {
  try {
    return decodeURIComponent(href);
  } catch {
    return href;
  }
}

/** True when the pieces of `part` stand in `whole` in their order, each alone or inside a longer one. */
function holds(whole: readonly string[], part: readonly string[]): boolean {
  let at = 0;
  for (const piece of whole) if (at < part.length && piece.includes(part[at] ?? '')) at += 1;
  return at === part.length;
}

/** Every Mattermost client links e-mail addresses by itself, and so does Teams. */
function withoutMailLinks(told: Reading, read: Reading): Reading {
  const made = ([text, href]: [string, string]) =>
    href === `mailto:${text}` && !told.links.some(([, known]) => known === href);
  return { ...read, links: read.links.filter((link) => !made(link)) };
}

function checkHarmless(given: Case, { lively, texts, pictures, links }: Reading, renderer: string): void {
  assert.deepEqual(lively, [], `${renderer} made something lively`);
  for (const text of texts) {
    for (const [what, pattern] of LIVELY) assert.doesNotMatch(text, pattern, `${renderer}: ${what}`);
  }
  assert.equal(pictures, 0, `${renderer}: a picture that loads by itself`);
  const { message } = composeCase(given).post;
  assert.equal(parseHashtags(message.replace(/(`+)[\s\S]*?\1/g, '')), '', 'a hashtag for the server');
  const source = known(JSON.stringify(given.message));
  for (const [text, href] of links) {
    const foreign = !href.startsWith('https://teams.microsoft.com/l/message/') && !source.includes(bare(href));
    assert.ok(!foreign, `${renderer}: a link to ${href} (${text}), which is not in the message`);
  }
}

/** The message's own text, decoded as often as addresses are wrapped: JSON in JSON, entities, an address inside another. */
function known(json: string): string {
  const text = json.replaceAll('\\', '').replaceAll('&amp;', '&');
  return `${text}\n${decoded(text.replace(/%(?![0-9a-f]{2})/gi, '%25'))}`;
}

/** An address as its writer wrote it. */
function bare(href: string): string {
  return decoded(href)
    .replace(/^(?:https?:\/\/|mailto:)/, '')
    .replace(/\/$/, '');
}
