import type { SealKey } from '../core/encryption.ts';
import { AppError } from '../core/errors.ts';
import type { ClientCredential } from '../core/ports/entra.ts';
import { SECOND } from '../core/time.ts';
import type { CloudEndpoints } from '../core/types.ts';
import type { CloudSorting, Proof } from './clouds.ts';
import { CLOUDS, proofOf } from './clouds.ts';
import type { OauthApp, ProxySettings } from './credentials.ts';
import { credentialsOf, oauthAppOf } from './credentials.ts';
import type { Env } from './environment.ts';
import { misspelt, textFrom } from './environment.ts';
import type { SettingValues } from './setting-values.ts';
import { readSettings } from './setting-values.ts';

/** The operator's settings, checked. URLs are without a trailing slash. */
export interface Config {
  mattermost: { url: string; internalUrl: string; botToken: string; commandToken: string; oauth: OauthApp | null };
  microsoft: CloudEndpoints & {
    /** Home tenant of the app registration. */
    tenantId: string;
    /** Tenants whose accounts may connect. */
    allowedTenants: string[];
    clientId: string;
    /** Tried in this order. */
    credentials: ClientCredential[];
    sorts: CloudSorting;
    proof: Proof;
  };
  publicUrl: string;
  host: string;
  port: number;
  databaseUrl: string | null;
  dataDir: string;
  /** Null: generated and kept in `dataDir`. */
  encryptionKeys: SealKey[] | null;
  feed: SettingValues['FEED'];
  accountMatch: SettingValues['ACCOUNT_MATCH'];
  /** Mattermost usernames that get a direct message when only an administrator can help. */
  alertUsers: string[];
  proxy: ProxySettings | null;
  maxConnections: number | null;
  /** How long a replica that gives no sign of life keeps its chat queues. */
  leaseMs: number;
  metricsToken: string | null;
  /** Files shared in Teams are attached to posts up to this size in bytes; null: they stay links. */
  forwardFilesUpTo: number | null;
  logLevel: SettingValues['LOG_LEVEL'];
}

/**
 * Reads and checks the environment. Every problem is collected, so that the operator mends them in one go.
 * @throws {AppError} config_invalid, one line per setting with what to set
 */
export function readEnv(env: Env): Config {
  const problems = misspelt(env);
  const values = readSettings((name) => textFrom(env, name, problems), problems);
  const config = configOf(values, problems);
  if (problems.length > 0) {
    throw new AppError('config_invalid', `The settings are not complete:\n  ${problems.join('\n  ')}`, {
      remedy: 'Set these environment variables and start again. Every setting is described in docs/operations.md.',
    });
  }
  return config;
}

/** The configuration that the settings make; usable only while there are no problems. */
export function configOf(values: SettingValues, problems: string[]): Config {
  return {
    mattermost: {
      url: values.MATTERMOST_URL,
      internalUrl: values.MATTERMOST_INTERNAL_URL ?? values.MATTERMOST_URL,
      botToken: values.MATTERMOST_BOT_TOKEN,
      commandToken: values.MATTERMOST_COMMAND_TOKEN,
      oauth: oauthAppOf(values, problems),
    },
    microsoft: microsoftOf(values, problems),
    publicUrl: values.PUBLIC_URL,
    host: values.HOST,
    port: values.PORT,
    databaseUrl: values.DATABASE_URL,
    dataDir: values.DATA_DIR,
    encryptionKeys: keysOf(values),
    feed: values.FEED,
    accountMatch: values.ACCOUNT_MATCH,
    alertUsers: distinct(values.ALERT_USERS.map((name) => name.replace(/^@/, ''))),
    proxy: proxyOf(values),
    maxConnections: values.MAX_CONNECTIONS,
    leaseMs: values.LEASE_SECONDS * SECOND,
    metricsToken: values.METRICS_TOKEN,
    forwardFilesUpTo: values.FORWARD_FILES ? values.FORWARD_FILES_MAX_MB * 1024 * 1024 : null,
    logLevel: values.LOG_LEVEL,
  };
}

function microsoftOf(values: SettingValues, problems: string[]): Config['microsoft'] {
  const cloud = CLOUDS[values.MICROSOFT_CLOUD];
  const authorityUrl = values.MICROSOFT_AUTHORITY_URL ?? cloud.authorityUrl;
  const tenantId = values.MICROSOFT_TENANT_ID.toLowerCase();
  const tenants = distinct(values.MICROSOFT_ALLOWED_TENANTS);
  return {
    tenantId,
    allowedTenants: tenants.length > 0 ? tenants : [tenantId],
    clientId: values.MICROSOFT_CLIENT_ID.toLowerCase(),
    credentials: credentialsOf(values, problems),
    authorityUrl,
    graphUrl: values.GRAPH_URL ?? cloud.graphUrl,
    teamsUrl: values.TEAMS_URL ?? cloud.teamsUrl,
    sorts: cloud.sorts,
    proof: proofOf(values, authorityUrl),
  };
}

function keysOf({ ENCRYPTION_KEYS: entries }: SettingValues): SealKey[] | null {
  if (entries.length === 0) return null;
  return entries.map((entry) => {
    const [id = '', encoded = ''] = entry.split(':');
    return { id, key: Buffer.from(encoded, 'base64') };
  });
}

function proxyOf({ HTTP_PROXY: http, HTTPS_PROXY: https, NO_PROXY: no }: SettingValues): ProxySettings | null {
  return http === null && https === null ? null : { http, https, no: no ?? '' };
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.toLowerCase()))];
}
