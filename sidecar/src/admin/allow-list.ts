import type { AllowList } from '../core/ports/installation.ts';

/** What a file of addresses holds: the addresses in lower case, and the lines that are none (numbers from 1). */
export interface ParsedList {
  emails: string[];
  errors: Array<{ line: number; text: string }>;
}

/** One `@`, something before it and a host after it; Mattermost itself asks for no more. */
const ADDRESS = /^[^\s@"<>]+@[^\s@"<>]+$/;
const SHOWN = 100;

/**
 * Reads a list of e-mail addresses: one a line, or CSV with a column `email` (any separator, quotes allowed). Blank lines are skipped;
 * every wrong line is named, so that a file is mended in one go.
 */
export function parseAllowList(text: string): ParsedList {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const separator = /[;\t]/.exec(lines[0] ?? '')?.[0] ?? ',';
  const header = cells(lines[0] ?? '', separator).map((cell) => cell.toLowerCase().replace('-', ''));
  const named = header.indexOf('email');
  const column = Math.max(0, named);
  const emails = new Set<string>();
  const errors: ParsedList['errors'] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || (index === 0 && named >= 0)) continue;
    const cell = cells(line, separator)[column] ?? '';
    if (ADDRESS.test(cell)) emails.add(cell.toLowerCase());
    else errors.push({ line: index + 1, text: line.trim().slice(0, SHOWN) });
  }
  return { emails: [...emails], errors };
}

function cells(line: string, separator: string): string[] {
  return line.split(separator).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, '$1')
      .trim(),
  );
}

/** Whether somebody with that address may connect: everybody while the list is empty. */
export async function isAllowed(
  { allowList }: { allowList: Pick<AllowList, 'count' | 'has'> },
  email: string | null,
): Promise<boolean> {
  if ((await allowList.count()) === 0) return true;
  return email !== null && (await allowList.has(email));
}
