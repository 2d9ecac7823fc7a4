/** Emphasis as bits, so that runs compare and combine cheaply. */
export const BOLD = 1;
/** See `BOLD`. */
export const STRIKE = 2;
/** See `BOLD`. */
export const ITALIC = 4;

/** A link around runs. Runs that share the object share the link. */
export interface Link {
  /** Its address, as in the Teams message. */
  target: string;
  title: string;
}

/**
 * A stretch of a line in one style. `text` is the visible text, except for `raw`, where it is finished Markdown.
 * A mention's `key` identifies the mentioned user: neighbors with one key are pieces of one name.
 */
export interface Run {
  kind: 'text' | 'code' | 'raw' | 'mention';
  text: string;
  style: number;
  link: Link | null;
  key: string;
  /** What a mention shows instead of its text. */
  label: string | null;
}
