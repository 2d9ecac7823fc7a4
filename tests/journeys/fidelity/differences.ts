import type { Reading } from './reading.ts';

/** The parts of a reading that are compared. */
export type Part = Exclude<keyof Reading, 'lively' | 'texts'>;

/** Where a post is meant to read other than Teams, and why. Whatever is not named here must be the same. */
export interface Difference {
  why: string;
  /** Parts to which the post adds: everything Teams shows is still there, in order. */
  adds?: readonly Part[];
  /** Parts that are told another way; how exactly, the corpus says. */
  changes?: readonly Part[];
  cases: readonly string[];
}

const BLOCK: readonly Part[] = ['lines', 'bold', 'italic', 'links', 'quotes', 'code', 'tables', 'headings'];

/** Every case of the corpus that does not read the same, by reason. */
export const DIFFERENCES: readonly Difference[] = [
  {
    why: 'Files, quoted messages, cards, meetings, tabs and snippets are boxes beside the text in Teams, and lines of the post here.',
    adds: BLOCK,
    cases: [
      'kind-09-reply',
      'kind-10-forward',
      'kind-16-files',
      'kind-17-card',
      'kind-18-snippet',
      'kind-19-announcement',
      'kind-20-meeting',
      ...['attachment-missing', 'attachment-unknown-type', 'announcement', 'loop', 'meeting', 'meeting-join', 'tab'],
      ...['card-adaptive-broken', 'card-adaptive-empty', 'card-adaptive-facts', 'card-adaptive-hosted'],
      ...['card-adaptive-hostile', 'card-adaptive-inputs', 'card-adaptive-mention', 'card-adaptive-praise'],
      ...['card-adaptive-rich', 'card-adaptive-speak', 'card-adaptive-unknown', 'card-and-text', 'card-connector'],
      ...['card-future', 'card-hero', 'card-list', 'card-receipt', 'card-signin', 'card-thumbnail'],
      ...['file', 'file-attached', 'file-nameless', 'file-no-address', 'file-several', 'file-spaces'],
      ...['forward', 'forward-comment', 'forward-empty', 'forward-picture', 'forward-self', 'header-german', 'mixed'],
      ...[
        'reply',
        'reply-before-quote',
        'reply-bot',
        'reply-broken',
        'reply-hostile',
        'reply-nameless',
        'reply-unplaced',
      ],
      ...['safety-file-name', 'snippet', 'snippet-failed', 'snippet-text', 'video'],
      ...['card-adaptive-long-fact', 'card-media', 'card-two', 'forward-app', 'forward-code', 'loop-link'],
      ...['reply-empty', 'reply-two', 'snippet-in-content', 'snippet-unnamed', 'tab-nameless'],
      ...['safety-bidi-names', 'safety-file-address', 'safety-file-scheme', 'safety-join-scheme'],
      'safety-script-in-card',
    ],
  },
  {
    why: 'Pictures are attached as files: a line stands in their place, with a link where Teams alone can show them.',
    adds: ['lines', 'links'],
    changes: ['pictures'],
    cases: [
      'kind-15-picture',
      ...[
        'header-german',
        'link-nested-image',
        'mixed',
        'picture-alt',
        'picture-attached',
        'picture-data',
        'picture-doc',
      ],
      ...['picture-failed', 'picture-gif', 'picture-hosted', 'picture-many', 'picture-size', 'picture-svg'],
      'picture-twice',
    ],
  },
  {
    why: 'A message that shows no text is said to be one.',
    adds: ['lines', 'italic', 'links'],
    cases: [
      ...['kind-22-deleted', 'blocked', 'deleted', 'text-blank', 'text-empty', 'system-event', 'system-event-call'],
      ...['system-event-members', 'system-event-pinned', 'system-event-recording'],
    ],
  },
  {
    why: 'Teams shows the subject apart from the text.',
    adds: ['lines', 'bold'],
    cases: ['kind-14-important', 'header-subject', 'safety-subject', 'subject-only'],
  },
  {
    why: 'The reader is mentioned by the name they have in Mattermost.',
    changes: ['lines', 'bold'],
    cases: ['kind-12-mentions', 'mention-reader', 'mention-split'],
  },
  {
    why: 'An address without a link becomes one, as Teams shows it too; bare, Mattermost would fetch a preview of it.',
    adds: ['links'],
    cases: [
      'kind-24-hostile',
      'kind-05-links',
      ...['link-in-angles', 'link-permalink', 'safety-autolink-scheme', 'safety-image', 'safety-reference-link'],
      ...['text-addresses', 'text-html-shown', 'text-markdown'],
    ],
  },
  {
    why: 'Links lead where they say: Safe Links are unwrapped, an address that pretends is told, what no browser should open is text.',
    changes: ['links', 'lines'],
    cases: [
      'kind-05-links',
      'kind-24-hostile',
      'link-javascript-before-word',
      ...['link-deceiving', 'link-file', 'link-javascript', 'link-relative', 'link-safe', 'link-safe-script'],
      ...['link-safe-teams', 'safety-link-host-cyrillic', 'safety-link-user', 'safety-permalink-link'],
    ],
  },
  {
    why: 'A link over two lines becomes two, and one around nothing shows its address: else there is nothing to click.',
    changes: ['links', 'lines'],
    cases: ['link-break', 'link-empty', 'link-nested-image'],
  },
  {
    why: 'Invisible characters, characters that turn the text around, and halves of characters are left out.',
    changes: ['lines'],
    cases: ['safety-bidi', 'safety-surrogate', 'safety-zero-width-mention'],
  },
  {
    why: 'Mattermost knows no raised and lowered text: digits and small letters have characters of their own.',
    changes: ['lines', 'bold'],
    cases: ['kind-01-formatting', 'sub-sup', 'sub-sup-letters'],
  },
  {
    why: 'A cell of a Mattermost table is one line: line breaks become slashes, lists bullets, blocks of code code in the line.',
    changes: ['tables', 'code', 'spans', 'headings', 'links'],
    cases: [
      'kind-11-table',
      'attachment-in-table',
      'table-cells',
      'table-heading',
      'table-nested',
      'table-ragged-lists',
    ],
  },
  {
    why: 'Mattermost’s tables have no caption: it becomes their first row.',
    changes: ['lines', 'tables'],
    cases: ['table-caption'],
  },
  {
    why: 'Mattermost’s web app reads no table in a list: its rows become lines.',
    changes: ['lines', 'tables'],
    cases: ['list-table'],
  },
  {
    why: 'What is empty is left out, and cells without a table keep apart.',
    changes: ['lines', 'tables', 'code', 'headings'],
    cases: ['codeblock-empty', 'heading-empty', 'table-cells-alone', 'table-empty'],
  },
  {
    why: 'Code in a line that holds a line break becomes a block.',
    changes: ['lines', 'code', 'spans'],
    cases: ['code-inline-break'],
  },
  {
    why: 'Mattermost’s web app would end struck text inside of code that holds tildes.',
    changes: ['struck'],
    cases: ['emphasis-code'],
  },
  {
    why: 'A post holds 16,383 characters; what is longer ends with a link to the rest.',
    changes: ['lines', 'links'],
    cases: ['kind-23-long'],
  },
  {
    why: 'Lists nest eight deep.',
    changes: ['lines'],
    cases: ['list-deep'],
  },
];
