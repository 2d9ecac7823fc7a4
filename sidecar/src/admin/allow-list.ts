import { parse } from 'csv-parse/sync';
import type { AllowList } from '../core/ports/installation.ts';

/** Result of parsing an uploaded list: addresses in lower case, and the lines without one (numbers from 1). */
export interface ParsedList {
  emails: string[];
  errors: Array<{ line: number; text: string }>;
}

/** One `@` with text on both sides; Mattermost validates no more than that. */
const ADDRESS = /^[^\s@"<>]+@[^\s@"<>]+$/;
const SHOWN = 100;

/**
 * Reads a list of e-mail addresses: one a line, or CSV with a column `email` (comma, semicolon or tab, quotes allowed). Blank lines are
 * skipped; every wrong line is reported, so that a file is mended in one go.
 */
export function parseAllowList(text: string): ParsedList {
  const lines = text.split(/\r?\n/);
  const errors: ParsedList['errors'] = [];
  const report = (line: number) => errors.push({ line, text: (lines[line - 1] ?? '').trim().slice(0, SHOWN) });
  const rows: Array<{ cells: string[]; line: number }> = [];
  parse(text, {
    bom: true,
    delimiter: /[;\t]/.exec(lines[0] ?? '')?.[0] ?? ',',
    trim: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_empty_values: true,
    skip_records_with_error: true,
    on_record: (cells: string[], info) => {
      rows.push({ cells: cells.map((cell) => cell.trim()), line: info.lines });
      return null;
    },
    on_skip: (error) => {
      // A quote that is never closed swallows the rest of the file: its first line is the wrong one.
      const after = rows.at(-1)?.line ?? 0;
      if (error?.code === 'CSV_QUOTE_NOT_CLOSED') report(lines.findIndex((line, i) => i >= after && line !== '') + 1);
      else if (error) report(Number(error.lines));
      return undefined;
    },
  });
  const named = (rows[0]?.cells ?? []).findIndex((cell) => /^e-?mail$/i.test(cell));
  const emails = new Set<string>();
  for (const { cells, line } of named < 0 ? rows : rows.slice(1)) {
    const cell = cells[Math.max(0, named)] ?? '';
    if (ADDRESS.test(cell)) emails.add(cell.toLowerCase());
    else report(line);
  }
  return { emails: [...emails], errors: errors.toSorted((a, b) => a.line - b.line) };
}

/** Whether a user with that address may connect. An empty list admits all users. */
export async function isAllowed(
  { allowList }: { allowList: Pick<AllowList, 'count' | 'has'> },
  email: string | null,
): Promise<boolean> {
  if ((await allowList.count()) === 0) return true;
  return email !== null && (await allowList.has(email));
}

/**
 * Replaces the allow-list by the addresses of a file, unless one of its lines is wrong: then nothing changes. Resolves to the number of
 * addresses on the list, and the wrong lines.
 */
export async function replaceAllowList(
  allowList: Pick<AllowList, 'count' | 'replace'>,
  text: string,
): Promise<{ count: number; errors: ParsedList['errors'] }> {
  const { emails, errors } = parseAllowList(text);
  if (errors.length > 0) return { count: await allowList.count(), errors };
  await allowList.replace(emails);
  return { count: emails.length, errors };
}
