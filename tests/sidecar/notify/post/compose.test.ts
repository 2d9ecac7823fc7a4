import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ComposeInput, compose, composeRemoved } from '../../../../sidecar/src/notify/post/compose.ts';
import { countRunes, MAX_RUNES } from '../../../../sidecar/src/notify/post/truncate.ts';
import { type Case, inputOf, loadCorpus } from '../corpus.ts';

const BASE = new Map(loadCorpus());

function caseNamed(name: string): Case {
  const found = BASE.get(name);
  assert.ok(found, `no case ${name}`);
  return found;
}

function withBody(content: string, type: 'html' | 'text' = 'html'): ComposeInput {
  const input = inputOf(caseNamed('header-group'));
  return { ...input, message: { ...input.message, body: { type, content } } };
}

describe('compose', () => {
  it('gives the card what it needs', () => {
    const { post } = compose(inputOf(caseNamed('header-important')));
    assert.equal(post.type, 'custom_msteams_connect');
    assert.equal(post.props.mentionHighlightDisabled, true);
    assert.equal(post.props.disable_group_highlight, true);
    assert.ok(!('unsafe_links' in post.props));
    const { sentAt, link, ...card } = Object(post.props.msteams);
    assert.deepEqual(card, {
      v: 1,
      chatId: '19:2da4c29f6d7041eca70b638b43d45437@thread.v2',
      messageId: String(sentAt),
      chatKind: 'group',
      chatTitle: 'Budget 2027',
      members: 5,
      sender: 'Ann Lee',
      senderNote: '',
      importance: 'high',
      edited: false,
      deleted: false,
      late: false,
      mentioned: false,
      why: 'away',
      body: 'hi',
    });
    const path = `19%3A2da4c29f6d7041eca70b638b43d45437%40thread.v2/${sentAt}`;
    assert.equal(link, `https://teams.microsoft.com/l/message/${path}?context=%7B%22contextType%22%3A%22chat%22%7D`);
    assert.ok(post.message.includes(`](${link})`));
  });

  it('gives the card names as they are, and the post names that do no harm', () => {
    const { post } = compose(inputOf(caseNamed('safety-sender-name')));
    assert.equal(Object(post.props.msteams).sender, '**@all** [x](https://evil.example) #tag ~town line');
    assert.doesNotMatch(post.message, /@all|#tag|~town/);
  });

  it('links into the cloud of the tenant', () => {
    const input = { ...inputOf(caseNamed('header-group')), teamsUrl: 'https://gov.teams.microsoft.us' };
    assert.match(compose(input).post.message, /\]\(https:\/\/gov\.teams\.microsoft\.us\/l\/message\/19%3A/);
  });

  it('makes the same post of the same message, and of one whose edit shows nothing', () => {
    const input = withBody('<p>Hello <b>you</b></p>');
    const same = withBody('<p>Hello <strong>you</strong> </p>\n');
    assert.deepEqual(compose(input), compose(input));
    assert.deepEqual(compose(same), compose(input));
  });

  it('asks for a picture, and shows what became of it', () => {
    const input = inputOf(caseNamed('picture-hosted'));
    const first = compose(input);
    const [picture] = first.pictures;
    assert.ok(picture);
    assert.deepEqual([picture.width, picture.height], [67, 63]);
    const second = compose({ ...input, files: [{ key: picture.key, outcome: 'attached' }] });
    assert.deepEqual(second.pictures, first.pictures);
    assert.match(second.post.message, /see 🖼️ Picture$/);
  });

  it('asks for a snippet until it is there', () => {
    const input = inputOf(caseNamed('snippet'));
    const [snippet] = compose(input).snippets;
    assert.ok(snippet);
    const second = compose({ ...input, files: [{ key: snippet.key, outcome: { text: 'print(1)' } }] });
    assert.deepEqual(second.snippets, []);
    assert.match(second.post.message, /```python\nprint\(1\)\n```$/);
  });

  it('leaves nothing of a deleted message but who and where', () => {
    const input = inputOf(caseNamed('text-plain'));
    const post = composeRemoved(input);
    assert.match(post.message, /^\*\*Ann Lee\*\* in .*\n\n\*This message was deleted in Teams\.\*$/);
    assert.ok(!JSON.stringify(post).includes('Lunch'));
    const deleted = { ...input, message: { ...input.message, deletedAt: 1 } };
    assert.equal(compose(deleted).post.message, post.message);
  });
});

describe('compose, long and deep', () => {
  const CONTINUED = /\n\n… \[Continue in Teams\]\(https:\/\/teams\.microsoft\.com\/[^)]*\)$/;

  function isCut(input: ComposeInput): string {
    const { message } = compose(input).post;
    assert.ok(countRunes(message) <= MAX_RUNES);
    assert.match(message, CONTINUED);
    return message;
  }

  it('keeps a message that just fits', () => {
    const header = countRunes(compose(withBody('', 'text')).post.message.split('\n\n')[0] ?? '');
    const text = 'x'.repeat(MAX_RUNES - header - 200);
    assert.ok(compose(withBody(text, 'text')).post.message.endsWith(`\n\n${text}`));
  });

  it('cuts 100 KB of text at a line', () => {
    const message = isCut(withBody('a line of text\n'.repeat(7_000), 'text'));
    assert.match(message.replace(CONTINUED, ''), /a line of text$/);
  });

  it('counts characters, not halves of them', () => {
    const message = isCut(withBody('😀'.repeat(20_000), 'text'));
    assert.ok(message.isWellFormed());
    assert.ok(countRunes(message) > 9_000);
  });

  it('closes the fence it cuts', () => {
    const message = isCut(withBody(`<pre>${'code line\n'.repeat(3_000)}</pre>`));
    assert.match(message.replace(CONTINUED, ''), /code line\n```$/);
  });

  it('closes a fence in a quote under the quote', () => {
    const message = isCut(withBody(`<blockquote><pre>${'code line\n'.repeat(3_000)}</pre></blockquote>`));
    assert.match(message.replace(CONTINUED, ''), /> code line\n> ```$/);
  });

  it('cuts no link in half', () => {
    const message = isCut(withBody('<a href="https://example.com/a/b/c/d">link text</a>'.repeat(900)));
    const links = message.replace(CONTINUED, '').match(/\[[^\]]*\](?:\([^)\s]*\))?/g) ?? [];
    assert.ok(links.length > 100);
    for (const link of links) assert.match(link, /\)$/);
  });

  it('closes the code span it cuts', () => {
    const message = isCut(withBody(`<code>${'x '.repeat(20_000)}</code>`));
    assert.match(message.replace(CONTINUED, ''), /\n\n`(?:x )*x`$/);
  });

  it('cuts a table between rows', () => {
    const message = isCut(withBody(`<table>${'<tr><td>a</td><td>b</td></tr>'.repeat(5_000)}</table>`));
    assert.match(message.replace(CONTINUED, ''), /\n\| a \| b \|$/);
  });

  it('reads no more of a megabyte than it can show', () => {
    isCut(withBody('<p>lorem <b>ipsum</b></p>'.repeat(40_000)));
  });

  for (const [name, open] of Object.entries({
    div: '<div>',
    quote: '<blockquote>',
    list: '<ul><li>',
    bold: '<b>',
    table: '<table><tr><td>',
  })) {
    it(`shows what stands 1,000 deep in ${name}`, () => {
      assert.match(compose(withBody(`${open.repeat(1_000)}deep`)).post.message, /deep/);
    });
  }

  it('says so when nesting is deeper than it reads', () => {
    isCut(withBody(`${'<div>'.repeat(20_000)}deep`));
  });

  it('holds more links and mentions than Mattermost formats in one run', () => {
    const { message } = compose(withBody('@all #tag '.repeat(600), 'text')).post;
    assert.doesNotMatch(message, /@all|#tag/);
  });

  it('shows an adaptive card nested 3,000 deep as one line', () => {
    const nested = `${'{"type":"Container","items":['.repeat(3_000)}${']}'.repeat(3_000)}`;
    const input = inputOf(caseNamed('card-adaptive-speak'));
    const attachments = input.message.attachments.map((attachment) => ({ ...attachment, content: nested }));
    assert.match(
      compose({ ...input, message: { ...input.message, attachments } }).post.message,
      /Card: cannot be shown here/,
    );
  });
});
