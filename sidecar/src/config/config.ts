import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { SealKey } from '../core/encryption.ts';
import { AppError } from '../core/errors.ts';
import { SECOND } from '../core/time.ts';
import type { CloudEndpoints } from '../core/types.ts';
import type { CloudSorting, Proof } from './clouds.ts';
import { readCloud, readProof } from './clouds.ts';
import type { ClientCredential, OauthApp, ProxySettings } from './credentials.ts';
import { readAlertUsers, readAllowedTenants, readCredentials, readOauthApp, readProxy } from './credentials.ts';
import type { Env, Reader } from './reader.ts';
import { createReader, GUID, misspelt } from './reader.ts';
import { LOG_LEVELS } from './settings.ts';

/** Everything the operator decided, checked. URLs are without a trailing slash. */
export interface Config {
  mattermost: { url: string; internalUrl: string; botToken: string; commandToken: string; oauth: OauthApp | null };
  microsoft: CloudEndpoints & {
    /** Where the app registration is at home. */
    tenantId: string;
    /** Whose accounts may connect. */
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
  /** Null: made and kept in `dataDir`. */
  encryptionKeys: SealKey[] | null;
  feed: 'personal' | 'tenant';
  accountMatch: 'email' | 'any';
  /** Mattermost usernames that are written to when only an administrator can help. */
  alertUsers: string[];
  proxy: ProxySettings | null;
  maxConnections: number | null;
  /** How long the chats that a sidecar works on stay its own without a sign of life. */
  leaseMs: number;
  metricsToken: string | null;
  /** Files shared in Teams are attached to posts up to this size in bytes; null: a link stands for them. */
  forwardFilesUpTo: number | null;
  logLevel: (typeof LOG_LEVELS)[number];
}

/** The real environment, over the settings of a file (`NAME=value` lines) when one is given. Error: `config_invalid`. */
export function processEnv(file?: string): Env {
  if (file === undefined) return process.env;
  try {
    return { ...parseEnv(readFileSync(file, 'utf8')), ...process.env };
  } catch (cause) {
    throw new AppError('config_invalid', `The file ${file} cannot be read.`, { cause, remedy: 'Check --settings.' });
  }
}

/**
 * Reads and checks the environment; secrets may also come as `NAME_FILE`. Every problem is collected, so that the operator mends
 * them in one go. Error: `config_invalid`, one line per variable with what to set.
 */
export function readEnv(env: Env): Config {
  const problems: string[] = misspelt(env);
  const read = createReader(env, problems);
  const cloud = readCloud(read, problems);
  const authorityUrl = read.url('MICROSOFT_AUTHORITY_URL', cloud.authorityUrl);
  const url = read.url('MATTERMOST_URL', null);
  const accountMatch = read.oneOf('ACCOUNT_MATCH', ['email', 'any'], 'email');
  const tenantId = read.matching('MICROSOFT_TENANT_ID', GUID, 'the directory (tenant) id, a GUID').toLowerCase();
  const config: Config = {
    mattermost: {
      url,
      internalUrl: read.url('MATTERMOST_INTERNAL_URL', url),
      botToken: read.required('MATTERMOST_BOT_TOKEN'),
      commandToken: read.matching(
        'MATTERMOST_COMMAND_TOKEN',
        /^[a-z0-9]{26}$/,
        'the 26-character token of the slash command',
      ),
      oauth: readOauthApp(read, problems, accountMatch === 'any'),
    },
    microsoft: {
      tenantId,
      allowedTenants: readAllowedTenants(read, problems, tenantId),
      clientId: read.matching('MICROSOFT_CLIENT_ID', GUID, 'the application (client) id, a GUID').toLowerCase(),
      credentials: readCredentials(read, problems),
      authorityUrl,
      graphUrl: read.url('GRAPH_URL', cloud.graphUrl),
      teamsUrl: read.url('TEAMS_URL', cloud.teamsUrl),
      sorts: cloud.sorts,
      proof: readProof(read, problems, authorityUrl),
    },
    publicUrl: read.url('PUBLIC_URL', null, 'https:'),
    host: read.optional('HOST') ?? '127.0.0.1',
    port: read.integer('PORT', { fallback: 8066, max: 65_535 }) ?? 8066,
    databaseUrl: read.optional('DATABASE_URL') ?? null,
    dataDir: read.optional('DATA_DIR') ?? './data',
    encryptionKeys: readKeys(read.optional('ENCRYPTION_KEYS'), problems),
    feed: read.oneOf('FEED', ['personal', 'tenant'], 'personal'),
    accountMatch,
    alertUsers: readAlertUsers(read, problems),
    proxy: readProxy(read),
    maxConnections: read.integer('MAX_CONNECTIONS', { fallback: null, max: 10_000_000 }),
    leaseMs: (read.integer('LEASE_SECONDS', { fallback: 30, max: 600 }) ?? 30) * SECOND,
    metricsToken: read.optional('METRICS_TOKEN') ?? null,
    forwardFilesUpTo: readForwardFiles(read),
    logLevel: read.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  };
  if (problems.length > 0) {
    throw new AppError('config_invalid', `The settings are not complete:\n  ${problems.join('\n  ')}`, {
      remedy: 'Set these environment variables and start again. Every setting is described in docs/operations.md.',
    });
  }
  return config;
}

function readForwardFiles(read: Reader): number | null {
  const megabytes = read.integer('FORWARD_FILES_MAX_MB', { fallback: 20, max: 1_000 }) ?? 20;
  return read.oneOf('FORWARD_FILES', ['true', 'false'], 'false') === 'true' ? megabytes * 1024 * 1024 : null;
}

/** Parses `id:base64,id:base64`; each key is 32 bytes. */
function readKeys(text: string | undefined, problems: string[]): SealKey[] | null {
  if (text === undefined) return null;
  return text.split(',').map((part) => {
    const [id = '', encoded = ''] = part.trim().split(':');
    const key = Buffer.from(encoded, 'base64');
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id) || key.length !== 32) {
      problems.push('ENCRYPTION_KEYS: write id:base64,id:base64 with 32 bytes each (openssl rand -base64 32).');
    }
    return { id, key };
  });
}
