import { escapeLineStart, JOINER } from '../../core/escape-markdown.ts';
import { countRunes, headOf } from '../post/truncate.ts';
import { renderLine } from './inline.ts';
import { addToCell, type Table } from './table.ts';
import type { Link, Run } from './text-run.ts';

/** The prefix of each line inside a quote or list item. `first` replaces `rest` once: the list marker, `marker` characters wide. */
interface Prefix {
  first: string | null;
  rest: string;
  marker: number;
}

/**
 * A Markdown text being written. Lines are written as they end, so it costs time linear in the text however deep it nests.
 * `gap` is what the next line needs before it: 1 a line break, 2 a blank line.
 */
export interface Writer {
  parts: string[];
  size: number;
  /** Characters (code points, here and below) after which nothing more is written. */
  limit: number;
  gap: 0 | 1 | 2;
  prefixes: Prefix[];
  /** The fewest prefixes since the last line: a blank line carries only those. */
  shallowest: number;
  /** The last line stands in a quote. */
  quoted: boolean;
  /** The last line is running text. */
  running: boolean;
  runs: Run[];
  /** The least characters `runs` come to, and whether they end with a space; kept apart because asking a growing text is costly. */
  held: number;
  /** Runs of one line at which it is measured: emphasis and links around them may long have reached the limit. */
  measureAt: number;
  spaced: boolean;
  /** Finished Markdown before the next line's text: `## ` or a task box. */
  lead: string;
  table: Table | null;
}

/** Deeper quotes and lists than this are written at this depth. */
export const MAX_NESTING = 8;

const MEASURED_RUNS = 1_024;

/** An empty text that stops growing at `limit` characters. */
export function createWriter(limit = 20_000): Writer {
  return {
    parts: [],
    size: 0,
    limit,
    gap: 0,
    prefixes: [],
    shallowest: 0,
    quoted: false,
    running: false,
    runs: [],
    held: 0,
    measureAt: MEASURED_RUNS,
    spaced: true,
    lead: '',
    table: null,
  };
}

/** The finished text. */
export function finish(writer: Writer): string {
  flushLine(writer);
  return writer.parts.join('');
}

/** True when the text has reached its limit, so that nothing more needs to be read. */
export function isFull(writer: Writer): boolean {
  return writer.size + writer.held >= writer.limit;
}

/** Style and link of text to be added. */
export interface Look {
  style: number;
  link: Link | null;
}

/** Adds text with white space collapsed as a browser would. No-break spaces count as text. */
export function addText(writer: Writer, text: string, look: Look): void {
  if (isFull(writer)) return;
  const flat = text.replace(/[ \t\n\r\f\u2028\u2029]+/g, ' ');
  const shown = writer.spaced && flat.startsWith(' ') ? flat.slice(1) : flat;
  if (shown === '') return;
  const added = headOf(shown, writer.limit - writer.size - writer.held);
  const last = writer.runs.at(-1);
  if (last?.kind === 'text' && last.style === look.style && last.link === look.link) last.text += added;
  else writer.runs.push({ kind: 'text', text: added, style: look.style, link: look.link, key: '', label: null });
  writer.held += countRunes(added);
  writer.spaced = added.endsWith(' ');
  measure(writer);
}

/** Adds a run that is not plain text. */
export function addRun(writer: Writer, run: Partial<Run> & Pick<Run, 'kind' | 'text'>): void {
  if (isFull(writer)) return;
  writer.runs.push({ style: 0, link: null, key: '', label: null, ...run });
  writer.held += countRunes(run.text);
  writer.spaced = false;
  measure(writer);
}

function measure(writer: Writer): void {
  if (writer.runs.length < writer.measureAt) return;
  writer.measureAt *= 4;
  writer.held = Math.max(writer.held, countRunes(renderLine(writer.runs, writer.table !== null)));
}

/** Ends the line as `<br>` does: the first break ends the line, the second leaves a blank one. */
export function breakLine(writer: Writer): void {
  if (writer.runs.length > 0) flushLine(writer);
  else if (writer.table) addToCell(writer.table, '');
  else widenGap(writer, 2);
}

/** Ends the line and asks for at least `gap` before the next one. */
export function breakBlock(writer: Writer, gap: 1 | 2): void {
  flushLine(writer);
  widenGap(writer, gap);
}

function widenGap(writer: Writer, gap: 1 | 2): void {
  const atMarker = (writer.prefixes.at(-1)?.first ?? null) !== null;
  if (!atMarker && writer.parts.length > 0 && gap > writer.gap) writer.gap = gap;
}

/** Sets the gap exactly: between list items, where paragraphs inside must not spread the list. */
export function setGap(writer: Writer, gap: 1 | 2): void {
  flushLine(writer);
  if (writer.parts.length > 0) writer.gap = gap;
}

/** Starts a quote or list item; false when it is too deep and stays at the depth it is. */
export function pushPrefix(writer: Writer, rest: string, first: string | null = null): boolean {
  flushLine(writer);
  if (writer.table || writer.prefixes.length >= MAX_NESTING) return false;
  showMarker(writer);
  writer.prefixes.push({ first, rest, marker: first?.length ?? 0 });
  return true;
}

/** Ends the innermost quote or list item. A list item without content still shows its marker. */
export function popPrefix(writer: Writer): void {
  flushLine(writer);
  showMarker(writer);
  writer.prefixes.pop();
  writer.shallowest = Math.min(writer.shallowest, writer.prefixes.length);
}

/** Writes a list marker whose item begins with something that cannot stand beside a marker in every parser. */
export function showMarker(writer: Writer): void {
  const last = writer.prefixes.at(-1);
  if (last && last.first !== null) {
    writeLine(writer, JOINER);
    writer.gap = 1;
  }
}

/** Renders the collected runs as one line. */
export function flushLine(writer: Writer): void {
  if (writer.runs.length === 0) return;
  const runs = writer.runs;
  writer.runs = [];
  writer.held = 0;
  writer.measureAt = MEASURED_RUNS;
  writer.spaced = true;
  if (isFull(writer)) return;
  const line = renderLine(runs, writer.table !== null);
  if (line === '') {
    // A line of no-break spaces is how Teams writes an empty line.
    if (!writer.table) widenGap(writer, 2);
    return;
  }
  if (writer.table) {
    const size = countRunes(line);
    writer.size += size;
    writer.table.size += size;
    addToCell(writer.table, line);
  } else {
    const isText = !writer.lead.startsWith('#');
    if (isText) breakInItem(writer);
    writeLine(writer, writer.lead === '' ? escapeLineStart(line) : writer.lead + line);
    writer.running = isText;
    writer.lead = '';
  }
}

/** The web app overlooks a hard break after a text of one letter. */
const LONE_LETTER = /(?:^|[^\p{L}\p{N}\\])[\p{L}\p{N}.,:;!?]$/u;

/**
 * Lines and paragraphs of one list item are parted by a hard break: the web app shows no other line break in a list, and sets paragraphs in it
 * side by side.
 */
function breakInItem(writer: Writer): void {
  const item = writer.prefixes.at(-1);
  const goesOn =
    item !== undefined && item.marker > 0 && item.first === null && writer.shallowest === writer.prefixes.length;
  if (!goesOn || !writer.running || writer.gap === 0) return;
  put(writer, LONE_LETTER.test(writer.parts.at(-1) ?? '') ? `${JOINER}  ` : '  ');
  writer.gap = 1;
}

/** Writes a finished line under the current quotes and list items. */
export function writeLine(writer: Writer, line: string): void {
  const blank = writer.prefixes
    .slice(0, writer.shallowest)
    .map((prefix) => prefix.rest)
    .join('')
    .trimEnd();
  const full = (linePrefix(writer) + line).trimEnd();
  const quoted = full.startsWith('>');
  if (writer.parts.length > 0) {
    // The web app reads two quotes as one unless something stands between.
    if (writer.gap === 2 && blank === '' && quoted && writer.quoted) put(writer, `\n\n${JOINER}`);
    put(writer, writer.gap === 2 ? `\n${blank}\n` : '\n');
  }
  put(writer, full);
  writer.quoted = quoted;
  writer.running = false;
  writer.gap = 1;
  writer.shallowest = writer.prefixes.length;
}

function put(writer: Writer, text: string): void {
  writer.parts.push(text);
  writer.size += countRunes(text);
}

function linePrefix(writer: Writer): string {
  let all = '';
  for (const prefix of writer.prefixes) {
    all += prefix.first ?? prefix.rest;
    prefix.first = null;
  }
  return all;
}

/** True inside a list item. */
export function isInList(writer: Writer): boolean {
  return writer.prefixes.some(({ marker }) => marker > 0);
}
