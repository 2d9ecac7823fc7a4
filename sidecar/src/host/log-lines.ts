/**
 * Log lines as Mattermost reads them from a plugin's standard error: JSON with `@level`, `@message` and `@timestamp`.
 * Source: `hclog_adapter.go` of Mattermost and https://github.com/hashicorp/go-plugin/blob/v1.7.0/log_entry.go
 *
 * The three fields are taken by unchecked assertions there: a number or null in one of them ends the whole Mattermost. All other fields
 * are glued together without separators, so what matters is written into the message. A longer line than 64 KiB is logged in pieces.
 */

export type HostLogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error';

const MAX_MESSAGE = 16 * 1024;

/** One line, with its end. `fields` may hold anything. */
export function hostLogLine(
  level: HostLogLevel,
  message: string,
  fields: Record<string, unknown>,
  now: number,
): string {
  const details = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${textOf(value)}`);
  const text = details.length === 0 ? message : `${message} ${details.join(' ')}`;
  return `${JSON.stringify({
    '@level': level,
    '@message': cut(text),
    // Six decimals, or the whole line is taken for plain text.
    '@timestamp': new Date(now).toISOString().replace('Z', '000Z'),
  })}\n`;
}

/** Levels of pino, which writes numbers. */
const PINO_LEVELS: ReadonlyArray<[least: number, level: HostLogLevel]> = [
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [20, 'debug'],
];

/** A line of pino in Mattermost's form. What is no JSON object becomes the message of a debug line. */
export function fromPino(line: string, now: number): string {
  const record = parseObject(line);
  if (record === undefined) return hostLogLine('debug', line.trimEnd(), {}, now);
  const { level, msg, time, pid: _pid, hostname: _hostname, ...fields } = record;
  const found = PINO_LEVELS.find(([least]) => typeof level === 'number' && level >= least);
  const when = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return hostLogLine(found?.[1] ?? 'debug', textOf(msg ?? ''), fields, Number.isNaN(when) ? now : when);
}

function parseObject(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return value.stack ?? value.message;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // A circle, a bigint or a getter that throws.
    return '[cannot be shown]';
  }
}

function cut(text: string): string {
  return text.length <= MAX_MESSAGE ? text : `${text.slice(0, MAX_MESSAGE)} …`;
}
