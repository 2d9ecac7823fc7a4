/** A piece of running text. */
export type Inline =
  | { kind: 'text'; text: string }
  | { kind: 'break' }
  | { kind: 'strong' | 'em' | 'del'; children: Inline[] }
  | { kind: 'code'; text: string }
  | { kind: 'link'; href: string; children: Inline[] }
  | { kind: 'image'; src: string; alt: string; title: string; width?: number; height?: number }
  | { kind: 'mention' | 'hashtag' | 'channel'; text: string };

/** One cell row of a table. */
export type Row = Inline[][];

/** One entry of a list; `checked` only on task entries. */
export interface ListItem {
  checked?: boolean;
  blocks: Block[];
}

/** A block of a message. */
export type Block =
  | { kind: 'paragraph'; children: Inline[] }
  | { kind: 'heading'; level: number; children: Inline[] }
  | { kind: 'code'; language: string; text: string }
  | { kind: 'quote'; blocks: Block[] }
  | { kind: 'list'; ordered: boolean; start: number; items: ListItem[] }
  | { kind: 'table'; align: Array<'left' | 'center' | 'right' | ''>; head: Row; rows: Row[] }
  | { kind: 'rule' };
