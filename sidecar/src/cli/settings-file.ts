import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { SettingsFile } from '../admin/setup/types.ts';

/** First lines of a new file, with the settings that setup cannot fill in. */
const REMINDER = `# Settings of msteams-connect. Contains secrets.
# From the app registration (msteams-connect azure tells how):
# MICROSOFT_TENANT_ID=
# MICROSOFT_CLIENT_ID=
# MICROSOFT_CLIENT_SECRET=
`;

/** Settings file of `NAME=value` lines, mode 0600. Lines of other names and comments stay as they are. */
export function settingsFile(path: string): SettingsFile {
  const text = () => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return {
    path,
    read: () => ({ ...parseEnv(text()) }) as Record<string, string>,
    write: (values) => {
      const next = `${path}.next`;
      writeFileSync(next, change(text() || REMINDER, values), { mode: 0o600 });
      chmodSync(next, 0o600);
      renameSync(next, path);
    },
  };
}

/** Sets or removes (null) values in the text of a settings file. */
export function change(text: string, values: Record<string, string | null>): string {
  const rest = new Map(Object.entries(values));
  const lines = text.split('\n').flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Z_]+)\s*=/.exec(line)?.[1] ?? '';
    const value = rest.get(name);
    if (value === undefined) return [line];
    rest.delete(name);
    return value === null ? [] : [`${name}=${quoted(value)}`];
  });
  while (lines.at(-1) === '') lines.pop();
  for (const [name, value] of rest) if (value !== null) lines.push(`${name}=${quoted(value)}`);
  return `${lines.join('\n')}\n`;
}

/** Quotes only where needed: some readers of such files (`docker --env-file`) take quotes as part of the value. */
function quoted(value: string): string {
  if (!/[\s#'"`\\]/.test(value)) return value;
  const quote = [`'`, '"', '`'].find((candidate) => !value.includes(candidate)) ?? '';
  return `${quote}${value}${quote}`;
}
