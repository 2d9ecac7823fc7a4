import { randomBytes } from 'node:crypto';
import type { MattermostSettings } from '../core/ports/installation.ts';
import type { Clock } from '../core/time.ts';
import type { HostApi } from './protocol/host-api.ts';
import { withSharedLock } from './shared-lock.ts';

/** The plugin's settings as Mattermost keeps them, and what the service uses of Mattermost's own. */
export interface Installation {
  own: Record<string, unknown>;
  mattermost: MattermostSettings;
}

const KEYS = 'encryption_keys';

/**
 * Reads the settings. The first start makes the encryption key and keeps it among them, apart from the database that it protects; nodes
 * that start at the same moment agree on one.
 */
export async function readInstallation(api: HostApi, clock: Clock): Promise<Installation> {
  const own = (await hasKey(api)) ?? (await withSharedLock(api, { name: 'key', clock }, () => makeKey(api)));
  const { ServiceSettings, SqlSettings } = await api.configuration();
  const service = (ServiceSettings ?? {}) as Record<string, unknown>;
  const sql = (SqlSettings ?? {}) as Record<string, unknown>;
  return {
    own,
    mattermost: {
      siteUrl: textOf(service.SiteURL),
      listenAddress: textOf(service.ListenAddress),
      connectionSecurity: textOf(service.ConnectionSecurity),
      driverName: textOf(sql.DriverName),
      dataSource: textOf(sql.DataSource),
    },
  };
}

async function hasKey(api: HostApi): Promise<Record<string, unknown> | null> {
  const own = await api.pluginSettings();
  return textOf(own[KEYS]) === '' ? null : own;
}

async function makeKey(api: HostApi): Promise<Record<string, unknown>> {
  const made = await hasKey(api);
  if (made !== null) return made;
  const own = { ...(await api.pluginSettings()), [KEYS]: `k1:${randomBytes(32).toString('base64')}` };
  await api.savePluginSettings(own);
  return own;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
