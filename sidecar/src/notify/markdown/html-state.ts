import { BOLD, ITALIC, type Link, STRIKE } from './text-run.ts';
import { addText, type Look, type Writer } from './writer.ts';

/** A mention as it shall be shown. Neighbours with one `key` are pieces of one name; `label` replaces the text. */
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

/** What a message's HTML refers to. All Markdown returned is finished and harmless. */
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

/** Where the reading of one HTML text stands. */
export interface Reader {
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

/** A reader that writes to `writer`. */
export function createReader(writer: Writer, embeds: Embeds): Reader {
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
export type Close = (reader: Reader) => void;
/** Starts an element and returns what ends it. */
export type Open = (reader: Reader, attributes: Attributes) => Close | undefined;

/** The style and link that text has at this point. */
export function lookOf(reader: Reader): Look {
  const style = (reader.bold > 0 ? BOLD : 0) | (reader.strike > 0 ? STRIKE : 0) | (reader.italic > 0 ? ITALIC : 0);
  return { style, link: reader.link };
}

/** Adds text to whatever is being collected. */
export function addWords(reader: Reader, text: string): void {
  if (reader.hidden > 0) return;
  if (reader.block) reader.block.text += text;
  else if (reader.span !== null) reader.span += text;
  else if (reader.mention) reader.mention.text += text;
  else if (reader.shifted !== null) reader.shifted += text;
  else addText(reader.writer, text, lookOf(reader));
  if (!reader.linkUsed && text.trim() !== '') reader.linkUsed = true;
}
