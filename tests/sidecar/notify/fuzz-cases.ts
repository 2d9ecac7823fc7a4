import fc from 'fast-check';
import { checkPost } from './post-checks.ts';

const CHAT = { id: '19:2da4c29f6d7041eca70b638b43d45437@thread.v2', chatType: 'group', members: [] };

const HOSTILE = [
  ...[
    '@all',
    '@',
    '@channel ',
    ' @here',
    '#tag',
    '#',
    '~town',
    '~~',
    '~',
    '*',
    '**',
    '_',
    '__',
    '`',
    '```',
    '\\',
    '[',
    ']',
    '(',
    ')',
    '![',
    '](',
  ],
  ...[
    '|',
    '\n',
    '\n\n',
    '> ',
    '# ',
    '- ',
    '1. ',
    '---',
    '===',
    '    ',
    '&nbsp;',
    '&lt;',
    '&#64;all',
    '&amp;#64;',
    '\u202e',
    '\u200b',
    '\u2060',
  ],
  ...[
    'https://evil.example/x',
    'www.evil.example',
    'http://',
    '://',
    'javascript:alert(1)',
    'ann@example.com',
    '😀',
    'ü',
    '\ud800',
    '<',
    '>',
    '!',
  ],
  ...['a', 'B', '0', ' ', '.', ':', ':smile:', '$$', '{{DATE(x)}}', '"', "'", '/pl/abcdefghijklmnopqrstuvwxyz'],
];
const TAGS = [
  ...[
    'p',
    'div',
    'b',
    'i',
    's',
    'u',
    'sub',
    'sup',
    'h1',
    'h4',
    'ul',
    'ol',
    'li',
    'a',
    'blockquote',
    'pre',
    'code',
    'codeblock',
    'table',
    'tr',
  ],
  ...[
    'td',
    'th',
    'at',
    'attachment',
    'emoji',
    'customemoji',
    'img',
    'br',
    'hr',
    'span',
    'script',
    'video',
    'input',
    'x-y',
    'systemEventMessage',
  ],
];
const ATTRIBUTES = [
  '',
  ' id="0"',
  ' id="a1"',
  ' href="https://x.example/(a)*_b"',
  ' href="javascript:x"',
  ' href="@all"',
  ' alt="@all"',
];
const MORE = [
  ' src="https://x/hostedContents/1"',
  ' class="Json"',
  ' start="9"',
  ' style="display:none"',
  ' type="checkbox"',
  ' title="x\\")"',
];

const text = fc.array(fc.constantFrom(...HOSTILE), { maxLength: 6 }).map((parts) => parts.join(''));
const attributes = fc.constantFrom(...ATTRIBUTES, ...MORE);
const tag = fc.constantFrom(...TAGS);

/** Well-formed nests of every element. */
const tree = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    text,
    fc
      .tuple(tag, attributes, fc.array(tie('node'), { maxLength: 4 }))
      .map(([name, given, inner]) => `<${name}${given}>${inner.join('')}</${name}>`),
  ),
})).node;

/** Tags that open and close as they like. */
const soup = fc
  .array(
    fc.oneof(
      text,
      fc
        .tuple(fc.constantFrom('<', '</', '<!--', '<'), tag, attributes)
        .map(([open, name, given]) => `${open}${name}${given}>`),
    ),
    {
      maxLength: 40,
    },
  )
  .map((parts) => parts.join(''));

/** Texts longer than a post, so that the cut falls anywhere. */
export const long = fc
  .tuple(fc.oneof(tree, soup, text), fc.integer({ min: 200, max: 4_000 }))
  .map(([part, times]) => part.repeat(Math.min(times, Math.ceil(60_000 / (part.length + 1)))));

const cardText = fc.record({
  type: fc.constantFrom('TextBlock', 'Badge', 'Input.Text', 'X'),
  text,
  label: text,
  weight: fc.constantFrom('bolder', ''),
});
const card = fc.record({
  type: fc.constant('AdaptiveCard'),
  title: text,
  text,
  body: fc.array(cardText, { maxLength: 3 }),
  buttons: fc.json(),
});
const attachment = fc.record({
  id: fc.constantFrom('a1', '0', ''),
  contentType: fc.constantFrom(
    ...['reference', 'messageReference', 'forwardedMessageReference', 'meetingReference', 'tabReference', 'x/y', ''],
    ...['adaptive', 'hero', 'list', 'codesnippet', 'announcement', 'fluidEmbedCard', 'future'].map(
      (kind) => `application/vnd.microsoft.card.${kind}`,
    ),
  ),
  contentUrl: fc.oneof(text, fc.constant(null)),
  content: fc.oneof(
    fc.json(),
    text,
    card.map((value) => JSON.stringify(value)),
    fc
      .record({
        messagePreview: text,
        originalMessageContent: tree,
        messageId: text,
        title: text,
        codeSnippetUrl: text,
      })
      .map((value) => JSON.stringify(value)),
  ),
  name: fc.oneof(text, fc.constant(null)),
});

/** Messages of every kind: well-formed, broken and hostile. */
export const anyMessage = fc.record({
  id: fc.constant('1764000000105'),
  chatId: fc.constant(CHAT.id),
  importance: fc.constantFrom('normal', 'high', 'urgent'),
  subject: fc.oneof(text, fc.constant(null)),
  from: fc.record({
    user: fc.record({
      id: text,
      displayName: fc.oneof(text, fc.constant(null)),
      userIdentityType: fc.constantFrom('aadUser', 'guest', 'x'),
    }),
  }),
  body: fc.record({
    contentType: fc.constantFrom('html', 'html', 'text'),
    content: fc.oneof(
      { weight: 6, arbitrary: tree },
      { weight: 6, arbitrary: soup },
      { weight: 3, arbitrary: text },
      { weight: 1, arbitrary: long },
    ),
  }),
  mentions: fc.array(
    fc.record({
      id: fc.constantFrom(0, 1),
      mentionText: text,
      mentioned: fc.constant({ user: { id: 'x', displayName: 'x' } }),
    }),
    { maxLength: 2 },
  ),
  attachments: fc.array(attachment, { maxLength: 2 }),
});

/** Runs the check over `runs` generated messages; a failure names its seed and the smallest message that shows it. */
export function fuzz(runs: number, seed?: number): void {
  const property = fc.property(anyMessage, fc.oneof(text, fc.constant(null)), (message, topic) =>
    checkPost(message, { ...CHAT, topic }),
  );
  fc.assert(property, seed === undefined ? { numRuns: runs } : { numRuns: runs, seed });
}
