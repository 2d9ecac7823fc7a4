import { randomBytes } from 'node:crypto';
import { AppError } from '../core/errors.ts';
import type { MattermostSettings } from '../core/ports/installation.ts';
import type { Config } from './config.ts';
import { configOf } from './config.ts';
import { readSettings } from './setting-values.ts';
import type { SettingName } from './settings.ts';
import { settingOf } from './settings.ts';

export interface PluginSettings {
  /** Id of the plugin, which is part of its addresses. */
  pluginId: string;
  /** As Mattermost keeps them: names in lower case. */
  own: Record<string, unknown>;
  mattermost: MattermostSettings;
  botToken: string;
}

/** Our tables keep apart from Mattermost's, whose migrations work in `public`. */
const SCHEMA = 'msteams_connect';

/**
 * The configuration of a service inside Mattermost: its own settings from the System Console, the rest from Mattermost's.
 * @throws {AppError} config_invalid, one line per setting with what to set
 */
export function readPluginSettings({ pluginId, own, mattermost, botToken }: PluginSettings): Config {
  const problems: string[] = [];
  const siteUrl = mattermost.siteUrl.replace(/\/+$/, '');
  if (siteUrl === '') problems.push('Site URL: missing. Set it in the System Console under Environment, Web Server.');
  const derived: Partial<Record<SettingName, string>> = {
    MATTERMOST_URL: siteUrl,
    MATTERMOST_INTERNAL_URL: internalUrl({ ...mattermost, siteUrl }),
    MATTERMOST_BOT_TOKEN: botToken,
    // Commands come by the plugin's hook: the route that takes this token is closed to everybody.
    MATTERMOST_COMMAND_TOKEN: randomBytes(13).toString('hex'),
    PUBLIC_URL: `${siteUrl}/plugins/${pluginId}`,
  };
  const ownText = (name: SettingName): string | undefined => {
    const { key } = settingOf(name);
    const value = key === null ? undefined : own[key];
    return value === undefined || value === null || value === '' ? undefined : String(value).trim();
  };
  const values = readSettings((name) => derived[name] ?? ownText(name), problems);
  const config = configOf(
    { ...values, DATABASE_URL: values.DATABASE_URL ?? databaseUrl(mattermost, problems) },
    problems,
  );
  if (problems.length === 0) return config;
  throw new AppError('config_invalid', `The settings are not complete:\n  ${problems.join('\n  ')}`, {
    remedy: 'Open System Console, Plugins, Microsoft Teams.',
  });
}

/** The process runs on Mattermost's machine: its own port is nearer than the public name, and needs no certificate. */
export function internalUrl({ siteUrl, listenAddress, connectionSecurity }: MattermostSettings): string {
  const port = /:(\d+)$/.exec(listenAddress)?.[1];
  const path = URL.parse(siteUrl)?.pathname.replace(/\/+$/, '') ?? '';
  return port === undefined || connectionSecurity !== '' ? siteUrl : `http://127.0.0.1:${port}${path}`;
}

/** Mattermost's database, in a schema of our own. */
function databaseUrl({ driverName, dataSource }: MattermostSettings, problems: string[]): string | null {
  if (driverName !== 'postgres') {
    problems.push(
      `DATABASE_URL: Mattermost's own database is ${driverName}. Set the address of a PostgreSQL database.`,
    );
    return null;
  }
  const url = URL.parse(dataSource);
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    problems.push(
      "DATABASE_URL: Mattermost's own data source is not written as postgres://… . Set the address of the database in that form.",
    );
    return null;
  }
  // Of Go's driver alone; PostgreSQL would refuse it.
  url.searchParams.delete('binary_parameters');
  // Mattermost's driver reads sslmode as PostgreSQL's own library does; without this `require` would also check the certificate.
  if (url.searchParams.has('sslmode')) url.searchParams.set('uselibpqcompat', 'true');
  url.searchParams.set('schema', SCHEMA);
  return url.href;
}
