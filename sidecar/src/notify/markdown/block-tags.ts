import { addBlock, addCode, endTable } from './blocks.ts';
import { languageOf } from './code.ts';
import type { Close, Open, Reader } from './html-state.ts';
import { addCell, addRow, createTable, renderRows, renderTable } from './table.ts';
import { addText, breakBlock, breakLine, flushLine, isFull, isInList, popPrefix, pushPrefix } from './writer.ts';

/** An element that stands on lines of its own. */
export function block(gap: 1 | 2): Open {
  const turn: Close = (reader) => {
    if (reader.block) endCodeLine(reader);
    else if (reader.span === null && reader.mention === null) breakBlock(reader.writer, gap);
  };
  return (reader) => {
    turn(reader);
    return turn;
  };
}

function endCodeLine(reader: Reader): void {
  if (reader.block && reader.block.text !== '' && !reader.block.text.endsWith('\n')) reader.block.text += '\n';
}

/** `<br>`. */
export const lineBreak: Open = (reader) => {
  if (reader.block) reader.block.text += '\n';
  else if (reader.span !== null) reader.span += '\n';
  else if (reader.mention) reader.mention.text += ' ';
  else breakLine(reader.writer);
  return undefined;
};

/** A heading; bold inside a table, where there are none. */
export function heading(level: number): Open {
  const close: Close = (reader) => {
    if (reader.writer.table) reader.bold -= 1;
    breakBlock(reader.writer, 2);
    reader.writer.lead = '';
  };
  return (reader) => {
    if (reader.block) return undefined;
    breakBlock(reader.writer, 2);
    if (reader.writer.table) reader.bold += 1;
    else reader.writer.lead = `${'#'.repeat(level)} `;
    return close;
  };
}

/** A quote. */
export const quote: Open = (reader) => {
  if (reader.block) return undefined;
  breakBlock(reader.writer, 2);
  const pushed = pushPrefix(reader.writer, '> ');
  return (ending) => {
    flushLine(ending.writer);
    if (pushed) popPrefix(ending.writer);
    breakBlock(ending.writer, 2);
  };
};

/** A block of code, Teams' `<codeblock>` or `<pre>`. */
export const codeBlock: Open = (reader, attributes) => {
  if (reader.block) {
    reader.block.depth += 1;
    reader.block.language ||= languageOf(attributes.class);
  } else {
    if (!reader.writer.table) flushLine(reader.writer);
    reader.block = { text: '', language: languageOf(attributes.class), depth: 1 };
  }
  return closeCodeBlock;
};

const closeCodeBlock: Close = (reader) => {
  const code = reader.block;
  if (!code) return;
  code.depth -= 1;
  if (code.depth > 0) return;
  reader.block = null;
  addCode(reader.writer, code.text.replaceAll('\u00a0', ' '), code.language);
};

/** A horizontal rule. */
export const rule: Open = (reader) => {
  if (!reader.block && !reader.writer.table) addBlock(reader.writer, '---');
  return undefined;
};

/** A table. */
export const table: Open = (reader) => {
  if (reader.block) return undefined;
  const { writer } = reader;
  if (writer.table) {
    flushLine(writer);
    writer.table.inner += 1;
  } else {
    breakBlock(writer, 2);
    writer.table = createTable();
  }
  return closeTable;
};

const closeTable: Close = ({ writer }) => {
  flushLine(writer);
  const open = writer.table;
  if (!open) return;
  if (open.inner > 0) {
    open.inner -= 1;
    return;
  }
  endTable(writer, isInList(writer) ? renderRows : renderTable);
};

/** A row of a table. */
export const row: Open = ({ writer }) => {
  flushLine(writer);
  if (writer.table?.inner === 0 && !isFull(writer)) addRow(writer.table);
  return ({ writer: ending }) => flushLine(ending);
};

/** A cell of a table. */
export function cell(header: boolean): Open {
  const close: Close = ({ writer }) => {
    if (writer.table) flushLine(writer);
    else addText(writer, ' ', { style: 0, link: null });
  };
  return ({ writer }, attributes) => {
    if (!writer.table) return close;
    flushLine(writer);
    if (writer.table.inner === 0 && !isFull(writer))
      addCell(writer.table, header, Number.parseInt(attributes.colspan ?? '1', 10) || 1);
    return close;
  };
}
