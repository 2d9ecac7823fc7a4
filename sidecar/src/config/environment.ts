import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { closest } from 'fastest-levenshtein';
import { AppError } from '../core/errors.ts';
import type { SettingName } from './settings.ts';
import { SETTING_NAMES, settingOf } from './settings.ts';

/** Environment variables. */
export type Env = Record<string, string | undefined>;

/**
 * The process environment, over the settings of a file (`NAME=value` lines) when one is given.
 * @throws {AppError} config_invalid when the file cannot be read
 */
export function processEnv(file?: string): Env {
  if (file === undefined) return process.env;
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  } catch (cause) {
    throw new AppError('config_invalid', `The file ${file} cannot be read.`, { cause, remedy: 'Check --settings.' });
  }
}

/** The variables in which a setting may be given: the value itself, the path of a file that holds it, or both. */
export function variablesOf(name: SettingName): { direct: string | null; file: string | null } {
  const { type, secret = false } = settingOf(name);
  return { direct: type === 'longtext' ? null : name, file: secret || type === 'longtext' ? `${name}_FILE` : null };
}

/** The text of a setting, undefined when it is not set. What cannot be read is appended to `problems`. */
export function textFrom(env: Env, name: SettingName, problems: string[]): string | undefined {
  const { direct, file } = variablesOf(name);
  const path = file === null ? undefined : env[file];
  if (path) {
    if (direct !== null && env[direct]) problems.push(`${direct}: set both directly and by ${file}. Keep one.`);
    try {
      return readFileSync(path, 'utf8').trim();
    } catch {
      problems.push(`${file}: the file ${path} cannot be read.`);
      return undefined;
    }
  }
  const setting = settingOf(name);
  const alias = 'alias' in setting ? setting.alias : undefined;
  return (direct !== null && env[direct]?.trim()) || (alias && env[alias]?.trim()) || undefined;
}

/** Beginnings of names that no other program uses, so that an unknown name with one of them is a misspelt setting. */
const OWN_PREFIX = /^(MATTERMOST|MICROSOFT|GRAPH|TEAMS|ENCRYPTION|METRICS|ACCOUNT|ALERT|FORWARD)_/;

/** One problem for each variable that looks like a setting but is none, with the nearest name: it must not be ignored silently. */
export function misspelt(env: Env): string[] {
  const known = SETTING_NAMES.map(variablesOf).flatMap(({ direct, file }) => [direct, file]);
  const names = known.filter((name) => name !== null);
  return Object.keys(env)
    .filter((name) => OWN_PREFIX.test(name) && !names.includes(name))
    .map((name) => {
      const nearest = names.find((known) => known === `${name}_FILE`) ?? closest(name, names);
      return `${name}: there is no such setting. The nearest name is ${nearest}.`;
    });
}
