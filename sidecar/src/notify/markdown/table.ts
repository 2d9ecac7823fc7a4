import { escapeLineStart } from '../../core/escape-markdown.ts';

/** A table being read. Cells are lines of finished Markdown. Tables inside cells are written as lines of the cell. */
export interface Table {
  rows: { cells: Cell[]; header: boolean }[];
  /** How many tables are open inside this one. */
  inner: number;
  /** Characters of its cells. */
  size: number;
}

interface Cell {
  lines: string[];
  span: number;
}

/** Replaces a line break inside a cell: Mattermost has none. */
const BREAK = ' / ';
const MAX_COLUMNS = 40;

/** A table without rows. */
export function createTable(): Table {
  return { rows: [], inner: 0, size: 0 };
}

/** Starts a row. */
export function addRow(table: Table): void {
  table.rows.push({ cells: [], header: true });
}

/** Starts a cell; one that comes without a row gets one. Beyond 40 columns the text joins the last cell. */
export function addCell(table: Table, header: boolean, span: number): void {
  if (table.rows.length === 0) addRow(table);
  const row = table.rows.at(-1);
  if (!row || row.cells.length >= MAX_COLUMNS) return;
  if (!header) row.header = false;
  row.cells.push({ lines: [], span: Math.min(Math.max(span, 1), MAX_COLUMNS) });
}

/** Adds a finished line to the cell that is open. */
export function addToCell(table: Table, line: string): void {
  if (table.rows.length === 0 || table.rows.at(-1)?.cells.length === 0) addCell(table, false, 1);
  const text = line.trim();
  if (text !== '') table.rows.at(-1)?.cells.at(-1)?.lines.push(text);
}

/** The table as lines of text, for where Mattermost's web app reads no tables: in lists. */
export function renderRows(table: Table, limit: number): string {
  const lines = table.rows.map(({ cells }) => cells.map((cell) => cell.lines.join(BREAK)).join(' · '));
  return lines
    .filter((line) => !/^[ ·]*$/.test(line))
    .map((line) => escapeLineStart(line.slice(0, limit).trim()))
    .join('\n');
}

/** The table as Markdown, '' without a cell. A first row of `<th>` is its head; else the head stays empty, as it was in Teams. */
export function renderTable(table: Table, limit: number): string {
  const rows = table.rows.filter((row) => row.cells.length > 0);
  const [first] = rows;
  if (!first || rows.every((row) => row.cells.every((cell) => cell.lines.length === 0))) return '';
  const texts = rows.map((row) =>
    row.cells.flatMap((cell) => [cell.lines.join(BREAK), ...Array(cell.span - 1).fill('')]),
  );
  const width = Math.min(
    MAX_COLUMNS,
    texts.reduce((most, cells) => Math.max(most, cells.length), 0),
  );
  const head = first.header ? (texts.shift() ?? []) : [];
  const lines = [renderRow(head, width), `|${' --- |'.repeat(width)}`];
  let size = 0;
  for (const cells of texts) {
    const line = renderRow(cells, width);
    size += line.length;
    lines.push(line);
    if (size > limit) break;
  }
  return lines.join('\n');
}

function renderRow(cells: readonly string[], width: number): string {
  let row = '|';
  for (let column = 0; column < width; column += 1) row += ` ${cells[column] ?? ''} |`;
  return row;
}
