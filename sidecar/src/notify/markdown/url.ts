import { cleanText } from '../../core/escape-markdown.ts';

/** Schemes that stay clickable. Mattermost renders script schemes as text; the rest would lead nowhere outside Windows. */
const CLICKABLE = new Set(['http:', 'https:', 'mailto:', 'tel:', 'ftp:', 'ftps:', 'sip:', 'sips:', 'msteams:']);
const SCRIPT = new Set(['javascript:', 'vbscript:', 'data:', 'blob:', 'about:']);
const MAX_LENGTH = 4_096;

/** How a link's target is shown: as a link, as text only, or not at all. */
export type Target = { kind: 'link'; url: string } | { kind: 'text'; text: string } | { kind: 'none' };

/** Decides a target. Microsoft's Safe Links are unwrapped to the address that was written. */
export function readTarget(href: string): Target {
  const trimmed = cleanText(href)
    .replace(/[\t\n\r]/g, '')
    .trim();
  const written = trimmed.startsWith('//') ? `https:${trimmed}` : trimmed;
  if (written.length > MAX_LENGTH) return { kind: 'none' };
  const scheme = /^([a-z][a-z0-9+.-]*:)/i.exec(written)?.[1]?.toLowerCase();
  if (scheme === undefined || SCRIPT.has(scheme)) return { kind: 'none' };
  if (!CLICKABLE.has(scheme)) return { kind: 'text', text: written };
  const url = unwrapSafeLink(written);
  return url === null ? { kind: 'none' } : { kind: 'link', url };
}

const SAFE_LINK =
  /^https:\/\/(?:[\w-]+\.safelinks\.protection\.(?:outlook\.com|office365\.us)|statics\.teams\.[\w.-]+\/.*safelinks)/i;

/** The address inside a Safe Link, at most three layers deep; null when what is inside is not a web address. */
function unwrapSafeLink(url: string): string | null {
  let current = url;
  for (let layer = 0; layer < 3 && SAFE_LINK.test(current); layer += 1) {
    const inner = URL.parse(current)?.searchParams.get('url');
    if (!inner) return current;
    if (!/^https?:\/\//i.test(inner)) return null;
    current = cleanText(inner);
  }
  return current;
}

/** A target made safe between `(` and `)`: whatever could end the link or start emphasis is percent-encoded. */
export function encodeTarget(url: string): string {
  return url.replace(/[\s()<>"'\\`[\]{}|^*]/g, (found) => {
    if (found === "'") return '%27';
    if (found === '(') return '%28';
    if (found === ')') return '%29';
    if (found === '*') return '%2A';
    return encodeURIComponent(found);
  });
}

/** The host of a web address without `www.`, lower-case; null for anything else. */
export function hostOf(url: string): string | null {
  const host = /^(?:https?:\/\/)?(?:[^/?#@\s]*@)?((?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,})(?=[:/?#]|$)/iu.exec(
    url.trim(),
  )?.[1];
  return host === undefined ? null : host.toLowerCase().replace(/^www\./, '');
}
