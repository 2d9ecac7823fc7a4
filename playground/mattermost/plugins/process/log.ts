/** One line of a plugin's log as Mattermost would keep it, or what it would do to Mattermost. */
export interface PluginLogLine {
  level: string;
  message: string;
}

/**
 * Reads a line of a plugin's standard error as go-plugin does (`log_entry.go`).
 * @throws when Mattermost would have ended: the three fields are taken by unchecked assertions.
 */
export function readPluginLog(line: string): PluginLogLine {
  let entry: unknown;
  try {
    entry = JSON.parse(line);
  } catch {
    return { level: 'debug', message: line };
  }
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return { level: 'debug', message: line };
  const { '@level': level, '@message': message, '@timestamp': timestamp } = entry as Record<string, unknown>;
  for (const [name, value] of Object.entries({ '@level': level, '@message': message, '@timestamp': timestamp })) {
    if (value !== undefined && typeof value !== 'string') {
      throw new Error(`panic: interface conversion: ${name} is not a string. This line ends Mattermost: ${line}`);
    }
  }
  if (level === undefined) return { level: 'debug', message: line };
  return { level: String(level), message: String(message ?? '') };
}
