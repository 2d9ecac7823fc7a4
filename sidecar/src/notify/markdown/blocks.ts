import { fenced } from './code.ts';
import { addToCell, type Table } from './table.ts';
import { addRun, breakBlock, flushLine, isFull, showMarker, type Writer, writeLine } from './writer.ts';

/** Writes finished Markdown of any number of lines as a block of its own; `close` keeps a plain single line near its neighbours. */
export function addBlock(writer: Writer, markdown: string, spacing: 'apart' | 'close' = 'apart'): void {
  if (markdown === '') return;
  if (writer.table) {
    flushLine(writer);
    for (const line of markdown.split('\n')) addToCell(writer.table, line.replace(/^[> ]+/, '').replaceAll('|', '\\|'));
    return;
  }
  const gap = spacing === 'close' && !markdown.includes('\n') && !markdown.startsWith('>') ? 1 : 2;
  breakBlock(writer, gap);
  showMarker(writer);
  if (isFull(writer)) return;
  for (const line of markdown.split('\n')) writeLine(writer, line);
  breakBlock(writer, gap);
}

/** Ends the table that is open and writes it. What was left out of it ends the text. */
export function endTable(writer: Writer, render: (table: Table, limit: number) => string): void {
  const { table } = writer;
  if (!table) return;
  const cut = isFull(writer);
  writer.table = null;
  writer.size -= table.size;
  addBlock(writer, render(table, writer.limit));
  if (cut) writer.size = Math.max(writer.size, writer.limit);
}

/** Writes code as a fenced block, or as a code span inside a table. */
export function addCode(writer: Writer, code: string, language: string): void {
  if (code.trim() === '') return;
  const shown = code.slice(0, writer.limit);
  if (writer.table) {
    addRun(writer, { kind: 'code', text: shown.trim() });
    return;
  }
  const item = writer.prefixes.at(-1);
  const rest = item?.rest ?? '';
  // The web app takes only the marker's width off each line of an item; what is left would be part of the code.
  if (item && item.marker > 0) item.rest = ' '.repeat(item.marker);
  addBlock(writer, fenced(shown, language));
  if (item) item.rest = rest;
}
