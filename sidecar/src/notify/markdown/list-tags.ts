import { JOINER } from '../../core/escape-markdown.ts';
import { addBlock } from './blocks.ts';
import type { Close, HtmlState, Open } from './html-state.ts';
import { addRun, breakBlock, flushLine, popPrefix, pushPrefix, setGap, type Writer } from './writer.ts';

/** Four spaces nest a list in every Mattermost client. */
const INDENT = '    ';

/** `<ul>` or `<ol>`. */
export function list(ordered: boolean): Open {
  return (state, attributes) => {
    if (state.block) return undefined;
    const next = ordered ? startOf(attributes.start) : null;
    const outer = state.lists.at(-1);
    if (outer) setGap(state.writer, 1);
    else startList(state, next);
    const indented = outer !== undefined && !outer.inItem && !outer.empty && pushPrefix(state.writer, INDENT);
    state.lists.push({ next, empty: true, inItem: false });
    return indented ? closeIndentedList : closeList;
  };
}

function startOf(start: string | undefined): number {
  const number = Number.parseInt(start ?? '1', 10);
  return number >= 0 && number <= 999_999_999 ? number : 1;
}

/** Two lists in a row would be read as one: unless the second goes on with the first, something must stand between. */
function startList(state: HtmlState, next: number | null): void {
  breakBlock(state.writer, 2);
  const { ended } = state;
  const adjoins = ended !== null && ended.parts === state.writer.parts.length;
  if (adjoins && ended.next !== next) addBlock(state.writer, JOINER);
}

const closeList: Close = (state) => {
  flushLine(state.writer);
  const ended = state.lists.pop();
  if (state.lists.length > 0) {
    setGap(state.writer, 1);
    return;
  }
  breakBlock(state.writer, 2);
  state.ended = { parts: state.writer.parts.length, next: ended?.next ?? null };
};

const closeIndentedList: Close = (state) => {
  flushLine(state.writer);
  popPrefix(state.writer);
  closeList(state);
};

/** `<li>`; outside a list it is a bullet. */
export const item: Open = (state, attributes) => {
  if (state.block) return undefined;
  const open = state.lists.at(-1);
  if (!open?.empty || state.lists.length > 1) setGap(state.writer, 1);
  if (jumps(open, attributes.value)) addBlock(state.writer, JOINER);
  const marker = nextMarker(open, attributes.value);
  if (open) {
    open.empty = false;
    open.inItem = true;
  }
  const pushed = startItem(state.writer, marker);
  return (ending) => {
    flushLine(ending.writer);
    if (pushed) popPrefix(ending.writer);
    if (open) open.inItem = false;
    setGap(ending.writer, 1);
  };
};

/** Mattermost counts on from the first item: another number needs a list of its own. */
function jumps(open: HtmlState['lists'][number] | undefined, value: string | undefined): boolean {
  return open !== undefined && open.next !== null && !open.empty && value !== undefined && startOf(value) !== open.next;
}

function nextMarker(open: HtmlState['lists'][number] | undefined, value: string | undefined): string {
  if (!open || open.next === null) return '- ';
  const number = value === undefined ? open.next : startOf(value);
  open.next = number + 1;
  return `${number}. `;
}

/** True when the item got a prefix of its own; in a table, or too deep, its marker is only text. */
function startItem(writer: Writer, marker: string): boolean {
  if (writer.table) {
    flushLine(writer);
    addRun(writer, { kind: 'raw', text: marker === '- ' ? '• ' : marker });
    return false;
  }
  const pushed = pushPrefix(writer, INDENT.padEnd(marker.length), marker);
  if (!pushed) writer.lead = marker;
  return pushed;
}

/** A task's box. */
export const checkbox: Open = (state, attributes) => {
  if (attributes.type?.toLowerCase() !== 'checkbox' || state.block) return undefined;
  const checked = attributes.checked !== undefined || attributes['aria-checked'] === 'true';
  if (state.writer.table || state.lists.length === 0)
    addRun(state.writer, { kind: 'raw', text: checked ? '☑ ' : '☐ ' });
  else if (state.writer.runs.length === 0) state.writer.lead += checked ? '[x] ' : '[ ] ';
  return undefined;
};
