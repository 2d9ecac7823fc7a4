import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { TextKey, Translate } from '../../i18n/translate.ts';

const STYLE = readFileSync(new URL('./style.css', import.meta.url), 'utf8');

/** Closes the window if a script opened it; browsers ignore the call in other windows. */
export const CLOSING_SCRIPT = 'setTimeout(() => window.close(), 5000);';

/** The product's mark, as in `assets/icon.svg`, in the color of the text. */
export const MARK =
  '<svg viewBox="0 0 32 32" fill="currentColor" fill-rule="evenodd" aria-hidden="true"><path d="M8 0h16a8 8 0 0 1 8 8v16a8 8 0 0 1-8 8H8a8 8 0 0 1-8-8V8a8 8 0 0 1 8-8zM8 9.5v8a2.5 2.5 0 0 0 2.500 2.500h.5v4.600L16 20h5.500A2.500 2.500 0 0 0 24 17.500v-8A2.500 2.500 0 0 0 21.500 7h-11A2.500 2.500 0 0 0 8 9.500zM12 11h8v2h-3v5h-2v-5h-3z"/></svg>';

/** A tick in a circle. */
export const TICK =
  '<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><circle cx="24" cy="24" r="20"/><path d="m15 25 6 6 12-13"/></svg>';

/** An exclamation mark in a circle. */
export const ALERT =
  '<svg viewBox="0 0 48 48" fill="none" stroke="currentColor" stroke-width="4" stroke-linecap="round" aria-hidden="true"><circle cx="24" cy="24" r="20"/><path d="M24 14v12M24 33.5v.5"/></svg>';

/** A page and its `Content-Security-Policy`. */
export interface Page {
  html: string;
  contentSecurityPolicy: string;
}

/** The parts of a page. `body` is HTML, the title is text. */
export interface Layout {
  /** The language of its texts. */
  language: string;
  title: string;
  icon: string;
  tone: 'plain' | 'good' | 'bad';
  body: string;
  formTarget?: string;
}

/** A complete page. `formTarget` is an origin other than ours that its forms may lead to. */
export function layout({ language, title, icon, tone, body, formTarget = '' }: Layout): Page {
  const html = `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main class="${tone}">${icon}<h1>${escapeHtml(title)}</h1>${body}</main>
</body>
</html>
`;
  return { html, contentSecurityPolicy: policy(formTarget) };
}

/**
 * `form-action` allows all of https: because browsers apply it to each redirect after the form: Microsoft's sign-in, and from there for
 * example a tenant's own federation server. Mattermost may be on plain HTTP in an internal network.
 */
function policy(formTarget: string): string {
  return [
    "default-src 'none'",
    `style-src '${hashSource(STYLE)}'`,
    `script-src '${hashSource(CLOSING_SCRIPT)}'`,
    `form-action 'self' https: ${formTarget}`.trim(),
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

function hashSource(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}

/** Control characters around each value until the text is escaped. */
const [VALUE_BEGINS, VALUE_ENDS] = ['\u0002', '\u0003'];

/** A text of the catalogue as a paragraph: escaped, its values in bold. */
export function paragraph(t: Translate, key: TextKey, values: Record<string, string>, style?: 'soft'): string {
  const marked = Object.entries(values).map(([name, value]) => {
    const plain = value.replaceAll(VALUE_BEGINS, '').replaceAll(VALUE_ENDS, '');
    return [name, `${VALUE_BEGINS}${plain}${VALUE_ENDS}`];
  });
  const text = escapeHtml(t(key, Object.fromEntries(marked)))
    .replaceAll(VALUE_BEGINS, '<strong>')
    .replaceAll(VALUE_ENDS, '</strong>');
  return style === undefined ? `<p>${text}</p>` : `<p class="${style}">${text}</p>`;
}

/** A link that looks like a button. */
export function action(url: string, label: string): string {
  return `<a class="action" href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Escapes text for HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
