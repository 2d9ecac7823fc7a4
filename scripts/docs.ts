import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { variablesOf } from '../sidecar/src/config/environment.ts';
import type { Setting, SettingName } from '../sidecar/src/config/settings.ts';
import { GROUPS, SETTING_NAMES, settingOf } from '../sidecar/src/config/settings.ts';

const PAGE = fileURLToPath(new URL('../docs/operations.md', import.meta.url));
const BEGIN = '<!-- begin of the settings; written by `npm run docs` from sidecar/src/config/settings.ts -->';
const END = '<!-- end of the settings -->';

/** The text of docs/operations.md with the tables between the markers generated anew. */
export function withSettings(page: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/operations.md has lost its markers: ${BEGIN} … ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n${tables()}\n\n${page.slice(end)}`;
}

function tables(): string {
  return Object.entries(GROUPS)
    .map(([group, heading]) => {
      const rows = SETTING_NAMES.filter((name) => settingOf(name).group === group).map(row);
      return [`\n### ${heading}\n`, '| variable | default | meaning |', '|---|---|---|', ...rows].join('\n');
    })
    .join('\n');
}

function row(name: SettingName): string {
  const setting = settingOf(name);
  const { direct, file } = variablesOf(name);
  const byFile = direct !== null && file !== null ? ', *file*' : '';
  return `| \`${direct ?? file}\` | ${defaultOf(setting)}${byFile} | ${meaning(setting)} |`;
}

function defaultOf(setting: Setting): string {
  if (setting.required) return 'required';
  if (setting.whenAbsent) return setting.whenAbsent;
  return 'default' in setting && setting.default !== undefined ? `\`${setting.default}\`` : 'none';
}

/** A dropdown whose sentence does not name every option lists them first. */
function meaning(setting: Setting): string {
  if (setting.type !== 'dropdown') return setting.help;
  const options = setting.options.map((option) => `\`${option}\``);
  return options.every((option) => setting.help.includes(option))
    ? setting.help
    : `${options.join(', ')}. ${setting.help}`;
}

if (import.meta.main) writeFileSync(PAGE, withSettings(readFileSync(PAGE, 'utf8')));
