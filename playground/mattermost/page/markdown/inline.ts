import type { Inline } from './ast.ts';
import { readLink } from './links.ts';

interface Match {
  length: number;
  node: Inline;
}

type Rule = (rest: string, before: string, inLink: boolean) => Match | null;

const ENTITIES: Record<string, string> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00a0' };
const WORD = /[\p{L}\p{N}_]$/u;

/** Decodes the entities Mattermost decodes; unknown ones stay as they are. */
export function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#\d{1,7}|[a-z]{2,6});/gi, (whole, name: string) => {
    if (!name.startsWith('#')) return ENTITIES[name.toLowerCase()] ?? whole;
    const code =
      name[1]?.toLowerCase() === 'x' ? Number.parseInt(name.slice(2), 16) : Number.parseInt(name.slice(1), 10);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

/** Whether a link target may be followed; script-like schemes never are. */
export function isSafeHref(href: string): boolean {
  const bare = Array.from(decodeEntities(href))
    .filter((character) => character > ' ')
    .join('')
    .toLowerCase();
  return !/^(javascript|vbscript|data):/.test(bare);
}

function escapeRule(rest: string): Match | null {
  const found = /^\\([`*{}[\]()#+\-.!_>|~\\])/.exec(rest);
  return found === null ? null : { length: 2, node: { kind: 'text', text: found[1] ?? '' } };
}

/** Two spaces at the end of a line: only lists show the difference to a plain line break. */
function breakRule(rest: string): Match | null {
  const found = /^ {2,}\n(?=\s*\S)[ ]*/.exec(rest);
  return found === null ? null : { length: found[0].length, node: { kind: 'break' } };
}

function codeRule(rest: string): Match | null {
  const found = /^(`+)\s*([\s\S]*?[^`])\s*\1(?!`)/.exec(rest);
  return found === null ? null : { length: found[0].length, node: { kind: 'code', text: found[2] ?? '' } };
}

function autolinkRule(rest: string): Match | null {
  const found = /^<((?:https?|ftp|mailto|tel):[^\s<>]+|[\w.+-]+@[\w-]+\.[\w.-]+)>/i.exec(rest);
  if (found === null) return null;
  const target = found[1] ?? '';
  const href = /^[a-z]+:/i.test(target) ? target : `mailto:${target}`;
  return { length: found[0].length, node: { kind: 'link', href, children: [{ kind: 'text', text: target }] } };
}

function linkRule(rest: string, _before: string, inLink: boolean): Match | null {
  const image = rest.startsWith('![');
  if (!image && (inLink || !rest.startsWith('['))) return null;
  const link = readLink(image ? rest.slice(1) : rest);
  if (link === null) return null;
  const length = link.length + (image ? 1 : 0);
  const source = rest.slice(0, length);
  if (!isSafeHref(link.href)) return { length, node: { kind: 'text', text: image ? source : link.label } };
  if (!image) return { length, node: { kind: 'link', href: link.href, children: parseInline(link.label, true) } };
  const { href: src, title, size } = link;
  return { length, node: { kind: 'image', src, alt: link.label, title, ...size } };
}

function emphasisRule(rest: string, before: string, inLink: boolean): Match | null {
  const strong =
    /^\*\*([\s\S]+?)\*\*(?!\*)/.exec(rest) ?? (WORD.test(before) ? null : /^__([\s\S]+?)__(?!_)/.exec(rest));
  if (strong !== null) return wrapped('strong', strong, inLink);
  const em =
    /^\*(?=\S)((?:\*\*|[^*])*?(?:\*\*|[^\s*]))\*(?!\*)/.exec(rest) ??
    (WORD.test(before) ? null : /^_(?=\S)((?:__|[^_])*?(?:__|[^\s_]))_(?![\p{L}\p{N}_])/u.exec(rest));
  if (em !== null) return wrapped('em', em, inLink);
  const del = /^~~(?=\S)([\s\S]*?\S)~~/.exec(rest);
  return del === null ? null : wrapped('del', del, inLink);
}

function wrapped(kind: 'strong' | 'em' | 'del', found: RegExpExecArray, inLink: boolean): Match {
  return { length: found[0].length, node: { kind, children: parseInline(found[1] ?? '', inLink) } };
}

function urlRule(rest: string, before: string, inLink: boolean): Match | null {
  if (inLink || WORD.test(before)) return null;
  const found = /^(?:(?:https?|ftp):\/\/|mailto:|tel:|www\.)[^\s<>`]+/i.exec(rest);
  if (found === null) return null;
  const text = trimUrl(found[0]);
  const href = /^www\./i.test(text) ? `http://${text}` : text;
  return { length: text.length, node: { kind: 'link', href, children: [{ kind: 'text', text }] } };
}

/** Punctuation after a bare address belongs to the sentence; a closing bracket only if the address opened none. */
function trimUrl(url: string): string {
  let surplus = url.split(')').length - url.split('(').length;
  let end = url.length;
  for (; end > 0; end -= 1) {
    const last = url[end - 1] ?? '';
    if (last === ')' && surplus > 0) surplus -= 1;
    else if (!/[.,;:!?'"*_~\]]/.test(last)) break;
  }
  return url.slice(0, end);
}

function nameRule(rest: string, before: string, inLink: boolean): Match | null {
  if (inLink || /[\p{L}\p{N}]$/u.test(before)) return null;
  const mention = /^@[a-z0-9][a-z0-9.\-_]*/i.exec(rest);
  if (mention !== null) {
    const text = mention[0].replace(/[.\-_]+$/, '');
    return { length: text.length, node: { kind: 'mention', text } };
  }
  const tag = /^#\p{L}[\p{L}\p{N}_-]+[\p{L}\p{N}_]/u.exec(rest);
  if (tag !== null) return { length: tag[0].length, node: { kind: 'hashtag', text: tag[0] } };
  const channel = /^~[a-z0-9][a-z0-9\-_]*/i.exec(rest);
  return channel === null ? null : { length: channel[0].length, node: { kind: 'channel', text: channel[0] } };
}

const RULES: readonly Rule[] = [
  escapeRule,
  breakRule,
  codeRule,
  autolinkRule,
  linkRule,
  emphasisRule,
  urlRule,
  nameRule,
];

/** Parses running text; `inLink` keeps links from nesting. */
export function parseInline(text: string, inLink = false): Inline[] {
  const nodes: Inline[] = [];
  let plain = '';
  let at = 0;
  function flush(): void {
    if (plain !== '') nodes.push({ kind: 'text', text: decodeEntities(plain) });
    plain = '';
  }
  while (at < text.length) {
    const rest = text.slice(at);
    const before = text.slice(Math.max(0, at - 2), at);
    const found =
      /^[\p{L}\p{N} \n]/u.test(rest) && !/^(?: {2,}\n|https?:|ftp:|mailto:|tel:|www\.)/i.test(rest)
        ? null
        : firstMatch(rest, before, inLink);
    if (found === null) {
      plain += text[at];
      at += 1;
    } else {
      flush();
      nodes.push(found.node);
      at += found.length;
    }
  }
  flush();
  return nodes;
}

function firstMatch(rest: string, before: string, inLink: boolean): Match | null {
  for (const rule of RULES) {
    const found = rule(rest, before, inLink);
    if (found !== null && found.length > 0) return found;
  }
  return null;
}
