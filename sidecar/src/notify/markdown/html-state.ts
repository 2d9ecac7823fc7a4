import { BOLD, ITALIC, type Link, STRIKE } from './text-run.ts';
import { addText, type Look, type Writer } from './writer.ts';

/** A mention as it is shown. Neighbors with one `key` are pieces of one name; `label` replaces the text. */
export interface MentionView {
  key: string;
  label: string | null;
}

/** A picture inside a message. Sizes are pixels, null when Teams gave none. */
export interface InlinePicture {
  source: string;
  alt: string;
  width: number | null;
  height: number | null;
}

/** Renders what a message's HTML refers to. The Markdown returned is complete and escaped. */
export interface Embeds {
  mention(id: string): MentionView;
  /** The attachment as a block, '' to show nothing in this place. */
  attachment(id: string): string;
  /** The picture as one line. */
  picture(picture: InlinePicture): string;
  /** A video or sound as one line. */
  media(kind: 'video' | 'audio', source: string): string;
}

/** One `<ul>` or `<ol>`: the number its next item gets, null for bullets. */
export interface List {
  next: number | null;
  empty: boolean;
  /** False between its items. */
  inItem: boolean;
}

/** The state of reading one HTML text. */
export interface HtmlState {
  writer: Writer;
  embeds: Embeds;
  bold: number;
  italic: number;
  strike: number;
  /** Inside `<script>` and the like: nothing is shown. */
  hidden: number;
  link: Link | null;
  /** False until the link that is open has shown something to click. */
  linkUsed: boolean;
  lists: List[];
  /** The list that just ended: how much was written by then, and the number it would have gone on with (null: bullets). */
  ended: { parts: number; next: number | null } | null;
  /** Code being collected, and how many code elements are open around it. */
  block: { text: string; language: string; depth: number } | null;
  /** Inline code being collected: a line break inside turns it into a block. */
  span: string | null;
  mention: { id: string; text: string } | null;
  /** Raised or lowered text being collected. */
  shifted: string | null;
}

/** The state of a text that is written to `writer`. */
export function createHtmlState(writer: Writer, embeds: Embeds): HtmlState {
  return {
    writer,
    embeds,
    bold: 0,
    italic: 0,
    strike: 0,
    hidden: 0,
    link: null,
    linkUsed: false,
    lists: [],
    ended: null,
    block: null,
    span: null,
    mention: null,
    shifted: null,
  };
}

/** Attributes of an element, names lower-case. */
export type Attributes = Readonly<Record<string, string | undefined>>;
/** Ends an element. */
export type Close = (state: HtmlState) => void;
/** Starts an element and returns what ends it. */
export type Open = (state: HtmlState, attributes: Attributes) => Close | undefined;

/** The style and link that text has at this point. */
export function lookOf(state: HtmlState): Look {
  const style = (state.bold > 0 ? BOLD : 0) | (state.strike > 0 ? STRIKE : 0) | (state.italic > 0 ? ITALIC : 0);
  return { style, link: state.link };
}

/** Adds text to the code or superscript being collected, else to the writer. */
export function addWords(state: HtmlState, text: string): void {
  if (state.hidden > 0) return;
  if (state.block) state.block.text += text;
  else if (state.span !== null) state.span += text;
  else if (state.mention) state.mention.text += text;
  else if (state.shifted !== null) state.shifted += text;
  else addText(state.writer, text, lookOf(state));
  if (!state.linkUsed && text.trim() !== '') state.linkUsed = true;
}
