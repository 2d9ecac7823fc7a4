import { addBlock, addCode, endTable } from './blocks.ts';
import { languageOf } from './code.ts';
import type { Close, HtmlState, Open } from './html-state.ts';
import { addCell, addRow, createTable, renderRows, renderTable } from './table.ts';
import { addText, breakBlock, breakLine, flushLine, isFull, isInList, popPrefix, pushPrefix } from './writer.ts';

/** An element that stands on lines of its own. */
export function block(gap: 1 | 2): Open {
  const turn: Close = (state) => {
    if (state.block) endCodeLine(state);
    else if (state.span === null && state.mention === null) breakBlock(state.writer, gap);
  };
  return (state) => {
    turn(state);
    return turn;
  };
}

function endCodeLine(state: HtmlState): void {
  if (state.block && state.block.text !== '' && !state.block.text.endsWith('\n')) state.block.text += '\n';
}

/** `<br>`. */
export const lineBreak: Open = (state) => {
  if (state.block) state.block.text += '\n';
  else if (state.span !== null) state.span += '\n';
  else if (state.mention) state.mention.text += ' ';
  else breakLine(state.writer);
  return undefined;
};

/** A heading; bold inside a table, where there are none. */
export function heading(level: number): Open {
  const close: Close = (state) => {
    if (state.writer.table) state.bold -= 1;
    breakBlock(state.writer, 2);
    state.writer.lead = '';
  };
  return (state) => {
    if (state.block) return undefined;
    breakBlock(state.writer, 2);
    if (state.writer.table) state.bold += 1;
    else state.writer.lead = `${'#'.repeat(level)} `;
    return close;
  };
}

/** A quote. */
export const quote: Open = (state) => {
  if (state.block) return undefined;
  breakBlock(state.writer, 2);
  const pushed = pushPrefix(state.writer, '> ');
  return (ending) => {
    flushLine(ending.writer);
    if (pushed) popPrefix(ending.writer);
    breakBlock(ending.writer, 2);
  };
};

/** A block of code, Teams' `<codeblock>` or `<pre>`. */
export const codeBlock: Open = (state, attributes) => {
  if (state.block) {
    state.block.depth += 1;
    state.block.language ||= languageOf(attributes.class);
  } else {
    if (!state.writer.table) flushLine(state.writer);
    state.block = { text: '', language: languageOf(attributes.class), depth: 1 };
  }
  return closeCodeBlock;
};

const closeCodeBlock: Close = (state) => {
  const code = state.block;
  if (!code) return;
  code.depth -= 1;
  if (code.depth > 0) return;
  state.block = null;
  addCode(state.writer, code.text.replaceAll('\u00a0', ' '), code.language);
};

/** A horizontal rule. */
export const rule: Open = (state) => {
  if (!state.block && !state.writer.table) addBlock(state.writer, '---');
  return undefined;
};

/** A table. */
export const table: Open = (state) => {
  if (state.block) return undefined;
  const { writer } = state;
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
