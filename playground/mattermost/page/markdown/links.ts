/** A link or picture as written: `[label](href "title" =WxH)`. */
export interface WrittenLink {
  length: number;
  label: string;
  href: string;
  title: string;
  size: { width?: number; height?: number };
}

/** Longer labels and targets stay text, so that a flood of brackets costs little. */
const LONGEST = 2000;

function closingBracket(text: string): number {
  let depth = 0;
  for (let at = 0; at < Math.min(text.length, LONGEST); at += 1) {
    const character = text[at];
    if (character === '\\') at += 1;
    else if (character === '[') depth += 1;
    else if (character === ']') {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

function readTarget(text: string): { href: string; length: number } | null {
  const angled = /^\s*<([^<>\n]*)>/.exec(text);
  if (angled !== null) return { href: angled[1] ?? '', length: angled[0].length };
  const lead = /^\s*/.exec(text)?.[0].length ?? 0;
  let depth = 0;
  let at = lead;
  for (; at < Math.min(text.length, LONGEST); at += 1) {
    const character = text[at] ?? '';
    if (/\s/.test(character)) break;
    if (character === '\\') at += 1;
    else if (character === '(') depth += 1;
    else if (character === ')') {
      if (depth === 0) break;
      depth -= 1;
    }
  }
  return at >= Math.min(text.length, LONGEST)
    ? null
    : { href: text.slice(lead, at).replace(/\\([()\\])/g, '$1'), length: at };
}

function readSize(text: string | undefined): WrittenLink['size'] {
  const found = /=(\d*)(?:x(\d*))?/.exec(text ?? '');
  if (found === null) return {};
  return {
    ...(found[1] ? { width: Number(found[1]) } : {}),
    ...(found[2] ? { height: Number(found[2]) } : {}),
  };
}

/** Reads a link at the start of the text, which begins with `[`; null when there is none. */
export function readLink(text: string): WrittenLink | null {
  const close = closingBracket(text);
  if (close < 0 || text[close + 1] !== '(') return null;
  const target = readTarget(text.slice(close + 2));
  if (target === null) return null;
  const afterTarget = close + 2 + target.length;
  const end = /^\s*(=\d*(?:x\d*)?)?\s*(?:"([^"]*)"|'([^']*)')?\s*(=\d*(?:x\d*)?)?\s*\)/.exec(text.slice(afterTarget));
  if (end === null) return null;
  return {
    length: afterTarget + end[0].length,
    label: text.slice(1, close),
    href: target.href,
    title: end[2] ?? end[3] ?? '',
    size: readSize(end[1] ?? end[4]),
  };
}
