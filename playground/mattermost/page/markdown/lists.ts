import type { Block, ListItem } from './ast.ts';

const MARKER = /^( {0,3})([-*+]|(\d{1,9})[.)])[ \t]+(\S.*)$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;

type ParseBlocks = (lines: string[]) => Block[];

function indentOf(line: string): number {
  return /^ */.exec(line)?.[0].length ?? 0;
}

/** Lines of one item after its first: everything indented, lazy text, and blank lines followed by indented ones. */
function continuation(lines: string[], base: number): number {
  let count = 0;
  while (count < lines.length) {
    const line = lines[count] ?? '';
    if (line.trim() === '') {
      const next = lines[count + 1] ?? '';
      if (next.trim() === '' || indentOf(next) < base + 2) break;
    } else if (
      indentOf(line) < base + 2 &&
      (/^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S/.test(line) || /^ {0,3}(?:>|#{1,6} |```|~~~)/.test(line))
    ) {
      break;
    }
    count += 1;
  }
  return count;
}

function dedent(lines: string[]): string[] {
  const width = indentOf(lines.find((line) => indentOf(line) >= 2) ?? '');
  return lines.map((line) => line.slice(Math.min(width, indentOf(line))));
}

function readItem(first: string, rest: string[], parse: ParseBlocks): ListItem {
  const task = /^\[([ xX])\]\s+(.*)$/.exec(first);
  const blocks = parse([task?.[2] ?? first, ...dedent(rest)]);
  return task === null ? { blocks } : { checked: task[1] !== ' ', blocks };
}

/** Reads a list at the start of the lines, nested ones included; null when there is none. */
export function readList(lines: string[], parse: ParseBlocks): { block: Block; lines: number } | null {
  const first = MARKER.exec(lines[0] ?? '');
  if (first === null || RULE.test(lines[0] ?? '')) return null;
  const ordered = first[3] !== undefined;
  const items: ListItem[] = [];
  let at = 0;
  while (at < lines.length) {
    const gap = lines[at]?.trim() === '' ? 1 : 0;
    const marker = MARKER.exec(lines[at + gap] ?? '');
    if (marker === null || (marker[3] !== undefined) !== ordered || RULE.test(lines[at + gap] ?? '')) break;
    const base = marker[1]?.length ?? 0;
    const start = at + gap + 1;
    const count = continuation(lines.slice(start), base);
    items.push(readItem(marker[4] ?? '', lines.slice(start, start + count), parse));
    at = start + count;
  }
  return { block: { kind: 'list', ordered, start: Number(first[3] ?? 1), items }, lines: at };
}
