import { escapeInline } from '../core/escape-markdown.ts';
import type { Connection } from '../core/types.ts';

/** A Microsoft account for its owner: name in bold, and address. Markdown. */
export function accountOf({ accountName, accountAddress }: Connection): string {
  return `**${escapeInline(accountName)}** (${escapeInline(accountAddress)})`;
}
