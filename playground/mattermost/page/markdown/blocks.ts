import type { Block } from './ast.ts';
import { parseInline } from './inline.ts';
import { readList } from './lists.ts';
import { readTable } from './tables.ts';

/** A block and the number of lines it took. */
export interface ReadBlock {
  block: Block;
  lines: number;
}

/** Quotes and lists nested deeper stay text, so that no message can exhaust the stack. */
const DEEPEST = 30;

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([^\s`]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})[ \t]+(.*?)[ \t]*#*[ \t]*$/;
const RULE = /^ {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*$/;
const QUOTE = /^ {0,3}>/;
const LIST = /^ {0,3}(?:[-*+]|\d{1,9}[.)])[ \t]+\S/;

function isBlank(line: string | undefined): boolean {
  return line === undefined || line.trim() === '';
}

function readFence(lines: string[]): ReadBlock | null {
  const open = FENCE.exec(lines[0] ?? '');
  if (open === null) return null;
  const mark = open[1] ?? '```';
  const end = lines.findIndex((line, at) => at > 0 && line.trim().startsWith(mark) && /^[`~]+$/.test(line.trim()));
  const last = end < 0 ? lines.length : end;
  const text = lines.slice(1, last).join('\n');
  return { block: { kind: 'code', language: open[2] ?? '', text }, lines: end < 0 ? last : last + 1 };
}

function readIndented(lines: string[]): ReadBlock | null {
  const end = lines.findIndex((line) => !/^(?: {4}|\t)/.test(line));
  const count = end < 0 ? lines.length : end;
  if (count === 0) return null;
  const text = lines.slice(0, count).map((line) => line.replace(/^(?: {4}|\t)/, ''));
  return { block: { kind: 'code', language: '', text: text.join('\n') }, lines: count };
}

function readHeading(lines: string[]): ReadBlock | null {
  const found = HEADING.exec(lines[0] ?? '');
  if (found === null) return null;
  return {
    block: { kind: 'heading', level: found[1]?.length ?? 1, children: parseInline(found[2] ?? '') },
    lines: 1,
  };
}

function readRule(lines: string[]): ReadBlock | null {
  return RULE.test(lines[0] ?? '') ? { block: { kind: 'rule' }, lines: 1 } : null;
}

function readQuote(lines: string[], depth: number): ReadBlock | null {
  if (!QUOTE.test(lines[0] ?? '')) return null;
  // Lazy: every following line that is not blank belongs to the quote.
  const end = lines.findIndex(isBlank);
  const inner = lines.slice(0, end < 0 ? lines.length : end);
  const blocks = parseBlocks(
    inner.map((line) => line.replace(/^ {0,3}> ?/, '')),
    depth + 1,
  );
  return { block: { kind: 'quote', blocks }, lines: inner.length };
}

function startsBlock(line: string): boolean {
  return FENCE.test(line) || HEADING.test(line) || RULE.test(line) || QUOTE.test(line) || LIST.test(line);
}

function readParagraph(lines: string[]): ReadBlock {
  const end = lines.findIndex((line, at) => at > 0 && (isBlank(line) || startsBlock(line) || /^ *={2,} *$/.test(line)));
  const count = end < 0 ? lines.length : end;
  const underline = /^ *(=|-){2,} *$/.exec(lines[count] ?? '');
  const text = lines.slice(0, count).map((line) => line.trimStart());
  if (underline !== null && count === 1) {
    const level = underline[1] === '=' ? 1 : 2;
    return { block: { kind: 'heading', level, children: parseInline(text.join('\n')) }, lines: count + 1 };
  }
  return { block: { kind: 'paragraph', children: parseInline(text.join('\n').trimEnd()) }, lines: count };
}

function readBlock(lines: string[], depth: number): ReadBlock {
  if (depth > DEEPEST) return readParagraph(lines);
  return (
    readFence(lines) ??
    readIndented(lines) ??
    readHeading(lines) ??
    readTable(lines) ??
    readRule(lines) ??
    readQuote(lines, depth) ??
    readList(lines, (inner) => parseBlocks(inner, depth + 1)) ??
    readParagraph(lines)
  );
}

/** Parses the lines of a message into blocks. */
function parseBlocks(lines: string[], depth = 0): Block[] {
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    if (isBlank(lines[at])) {
      at += 1;
      continue;
    }
    const read = readBlock(lines.slice(at), depth);
    blocks.push(read.block);
    at += Math.max(1, read.lines);
  }
  return blocks;
}

/** Parses a message in Mattermost's Markdown dialect. Raw HTML stays text. */
export function parseMarkdown(text: string): Block[] {
  return parseBlocks(text.replace(/\r\n?/g, '\n').split('\n'));
}
