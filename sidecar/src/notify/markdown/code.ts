import { JOINER } from '../../core/escape-markdown.ts';

/** Teams' language names that differ from highlight.js, which Mattermost uses. Other names are only lower-cased. */
const LANGUAGES: Record<string, string> = {
  'c#': 'csharp',
  'c++': 'cpp',
  'f#': 'fsharp',
  'html/xml': 'xml',
  html: 'xml',
  xhtml: 'xml',
  'objective-c': 'objectivec',
  objc: 'objectivec',
  'visual basic': 'vbnet',
  visualbasic: 'vbnet',
  'visual basic .net': 'vbnet',
  vb: 'vbnet',
  shell: 'bash',
  sh: 'bash',
  'shell session': 'shell',
  batch: 'dos',
  batchfile: 'dos',
  'dos/batch': 'dos',
  'plain text': '',
  plaintext: '',
  text: '',
  none: '',
  // Mattermost draws `latex` and `tex` fences as formulas; the sender shared source.
  latex: '',
  tex: '',
};

/** The highlighter's name for a language as Teams or a web page names it (`Json`, `C#`, `language-js`); '' when there is none. */
export function languageName(named: string): string {
  const name = named
    .trim()
    .toLowerCase()
    .replace(/^(?:language|lang)-/, '');
  const known = LANGUAGES[name] ?? name;
  return /^[a-z0-9+#._-]{1,30}$/.test(known) ? known : '';
}

/** The longest run of backticks in a text. */
function longestTicks(text: string): number {
  let longest = 0;
  for (const found of text.matchAll(/`+/g)) longest = Math.max(longest, found[0].length);
  return longest;
}

/** Runs of backticks longer than anyone writes are broken invisibly, so that a fence stays short enough to close it anywhere. */
function tame(code: string): string {
  return code.replace(/`{40}/g, (ticks) => ticks + JOINER);
}

/** Code as a fenced block: the fence is longer than any run of backticks inside. Blank lines at the edges go. */
export function fenced(code: string, language: string): string {
  const text = tame(code.replace(/\r\n?/g, '\n').replace(/^\n+/, '').trimEnd());
  const fence = '`'.repeat(Math.max(3, longestTicks(text) + 1));
  return `${fence}${language}\n${text}\n${fence}`;
}

/** A code span, delimited by more backticks than it holds. */
export function codeSpan(code: string): string {
  const text = tame(code);
  const ticks = '`'.repeat(longestTicks(text) + 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${pad}${text}${pad}${ticks}`;
}

/** The language a `class` attribute names, alone (`Json`) or as web pages do (`hljs language-js`). */
export function languageOf(className: string | undefined): string {
  const named = className ?? '';
  return languageName(/(?:^|\s)(?:language|lang)-(\S+)/i.exec(named)?.[1] ?? named);
}
