import type { Block, Row } from './ast.ts';
import { parseInline } from './inline.ts';

type Align = 'left' | 'center' | 'right' | '';

const DELIMITER = /^ {0,3}\|?(?:\s*:?-+:?\s*\|)+\s*(?::?-+:?\s*)?\|?\s*$/;

function splitRow(line: string): string[] {
  const inner = line
    .trim()
    .replace(/^\|/, '')
    .replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replace(/\\\|/g, '|'));
}

function alignOf(cell: string): Align {
  if (/^:-+:$/.test(cell)) return 'center';
  if (/^:-+$/.test(cell)) return 'left';
  return /^-+:$/.test(cell) ? 'right' : '';
}

function fit(cells: string[], width: number): Row {
  return Array.from({ length: width }, (_, at) => parseInline(cells[at] ?? ''));
}

/** Reads a table (header row, delimiter row, data rows) at the start of the lines; null when there is none. */
export function readTable(lines: string[]): { block: Block; lines: number } | null {
  const head = lines[0] ?? '';
  if (!head.includes('|') || !DELIMITER.test(lines[1] ?? '')) return null;
  const titles = splitRow(head);
  const align = splitRow(lines[1] ?? '').map(alignOf);
  if (align.length !== titles.length) return null;
  const end = lines.findIndex((line, at) => at > 1 && (line.trim() === '' || !line.includes('|')));
  const last = end < 0 ? lines.length : end;
  const rows = lines.slice(2, last).map((line) => fit(splitRow(line), titles.length));
  return { block: { kind: 'table', align, head: fit(titles, titles.length), rows }, lines: last };
}
