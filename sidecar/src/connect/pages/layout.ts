import { createHash } from 'node:crypto';
import type { Language } from '../../core/i18n.ts';
import { fill } from '../../core/i18n.ts';
import { CLOSING_SCRIPT, STYLE } from '../page-style.ts';

/** A page and the policy that fits it. */
export interface Page {
  html: string;
  contentSecurityPolicy: string;
}

/** What a page is made of; `body` is markup. */
export interface Layout {
  language: Language;
  title: string;
  icon: string;
  tone: 'plain' | 'good' | 'bad';
  body: string;
  formTarget?: string;
}

/** A whole page. `formTarget` is an origin besides ours that its forms may lead to. */
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
 * `form-action` allows https: because browsers apply it to every redirect that follows the form: first Microsoft's sign-in, then wherever
 * it leads, such as an organisation's own federation server. Mattermost may lie on plain HTTP in the internal network.
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

/** The text escaped, the values escaped and in bold. */
export function paragraph(text: string, values: Record<string, string>, style?: 'soft'): string {
  const bold = Object.entries(values).map(([name, value]) => [name, `<strong>${escapeHtml(value)}</strong>`]);
  const open = style === undefined ? '<p>' : `<p class="${style}">`;
  return `${open}${fill(escapeHtml(text), Object.fromEntries(bold))}</p>`;
}

/** A link that looks like a button. */
export function action(url: string, label: string): string {
  return `<a class="action" href="${escapeHtml(url)}">${escapeHtml(label)}</a>`;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** Text as HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
