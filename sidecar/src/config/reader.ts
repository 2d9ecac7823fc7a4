import { readFileSync } from 'node:fs';
import { NAMES, SECRET_NAMES } from './settings.ts';

/** Environment variables. */
export type Env = Record<string, string | undefined>;

/** A tenant, application or object id. */
export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Variables that look like ours but are not: a misspelt setting must not be ignored. */
export function misspelt(env: Env): string[] {
  const known = new Set<string>([...NAMES, ...SECRET_NAMES.map((name) => `${name}_FILE`)]);
  return Object.keys(env)
    .filter(
      (name) =>
        /^(MATTERMOST|MICROSOFT|GRAPH|TEAMS|ENCRYPTION|METRICS|ACCOUNT|ALERT|FORWARD)_/.test(name) && !known.has(name),
    )
    .map((name) => `${name}: there is no such setting. Known names: ${NAMES.join(', ')}.`);
}

/** Reads one setting at a time and collects what is wrong with it. */
export type Reader = ReturnType<typeof createReader>;

/** A reader over these variables; secrets may also come as `NAME_FILE`. */
export function createReader(env: Env, problems: string[]) {
  const optional = (name: string): string | undefined =>
    fromFile(env, name, problems) ?? (env[name]?.trim() || undefined);
  const required = (name: string, what = 'a value'): string => {
    const value = optional(name);
    if (value === undefined) problems.push(`${name}: missing. Set it to ${what}.`);
    return value ?? '';
  };
  return {
    optional,
    required,
    matching(name: string, pattern: RegExp, what: string): string {
      const value = required(name, what);
      if (value !== '' && !pattern.test(value)) problems.push(`${name}: not ${what}.`);
      return value;
    },
    url(name: string, fallback: string | null, protocol?: 'https:'): string {
      const value = fallback === null ? required(name, 'an absolute URL') : (optional(name) ?? fallback);
      if (value !== '') problems.push(...urlProblems(name, value, protocol));
      return value.replace(/\/+$/, '');
    },
    oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
      const value = optional(name);
      if (value === undefined) return fallback;
      const found = values.find((candidate) => candidate === value);
      if (found === undefined) problems.push(`${name}: "${value}" is not one of ${values.join(', ')}.`);
      return found ?? fallback;
    },
    integer(name: string, { fallback, max }: { fallback: number | null; max: number }): number | null {
      const value = optional(name);
      if (value === undefined) return fallback;
      if (!/^\d{1,9}$/.test(value) || Number(value) > max || Number(value) < 1) {
        problems.push(`${name}: not a whole number between 1 and ${max}.`);
      }
      return Number(value);
    },
  };
}

function fromFile(env: Env, name: string, problems: string[]): string | undefined {
  const path = SECRET_NAMES.some((secret) => secret === name) ? env[`${name}_FILE`] : undefined;
  if (!path) return undefined;
  if (env[name]) problems.push(`${name}: set both directly and by ${name}_FILE. Keep one.`);
  try {
    return readFileSync(path, 'utf8').trim();
  } catch {
    problems.push(`${name}_FILE: the file ${path} cannot be read.`);
    return undefined;
  }
}

function urlProblems(name: string, value: string, protocol: 'https:' | undefined): string[] {
  const parsed = URL.parse(value);
  if (!parsed || !/^https?:$/.test(parsed.protocol)) return [`${name}: "${value}" is not an http(s) URL.`];
  if (protocol && parsed.protocol !== protocol)
    return [`${name}: must start with https://, Microsoft delivers nowhere else.`];
  if (parsed.search || parsed.hash) return [`${name}: must be without ? and #.`];
  return [];
}
