import type { CheckDeps } from '../admin/checks/types.ts';
import { inspectionOf } from '../app/checks.ts';
import type { Config } from '../config/config.ts';
import { knownKeys } from '../config/key-file.ts';
import { tokenContext } from '../connect/token-renewal.ts';
import type { Sealer } from '../core/encryption.ts';
import { createSealer } from '../core/encryption.ts';
import { toAppError } from '../core/errors.ts';
import { systemClock } from '../core/time.ts';
import { createEntra } from '../entra/client.ts';
import { openProxy } from '../graph/client/proxy.ts';
import { FILES_SCOPE } from '../graph/resources/files.ts';
import { reach } from '../graph/resources/reachability.ts';
import { createAdministration } from '../mattermost/admin/administration.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import { SILENT } from './null-log.ts';

/** The checks' view from outside of a sidecar, beside one that may be running. `administratorToken` shows more of Mattermost. */
export async function openInspection(config: Config, administratorToken: string | null) {
  const url = config.mattermost.internalUrl;
  const dispatcher = openProxy(config.proxy);
  const common = { clock: systemClock, metrics: SILENT.metrics, ...(dispatcher ? { dispatcher } : {}) };
  const mattermost = createAdministration({ url, token: config.mattermost.botToken, ...common });
  const administrator =
    administratorToken === null ? null : createAdministration({ url, token: administratorToken, ...common });
  const entra = createEntra({
    ...config.microsoft,
    ...common,
    moreScopes: config.forwardFilesUpTo === null ? [] : [FILES_SCOPE],
    redirectUri: `${config.publicUrl}/oauth/callback`,
  });
  const sealer = sealerOf(config);
  const opened = await openBeside(config);
  const store = opened instanceof Error ? null : opened;
  const deps = inspectionOf({
    config,
    mattermost,
    entra,
    sealer,
    store,
    clock: systemClock,
    tokenFor: async (id) => (await entra.accessToken({ cache: await cacheOf(store, sealer, id) })).token,
    running: async () => (await reach(`http://${localHost(config.host)}:${config.port}/healthz`)).status === 200,
  });
  return {
    deps: { ...deps, administrator, store: opened instanceof Error ? brokenStore(opened) : deps.store },
    close: async () => {
      await Promise.all([mattermost.close(), administrator?.close(), store?.close()]);
      await dispatcher?.close();
    },
  };
}

/** The database as it is, null while there is none, or why it cannot be read. */
async function openBeside(config: Config): Promise<Store | null | Error> {
  try {
    return await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log: SILENT.log, beside: true });
  } catch (error) {
    const failure = toAppError(error);
    return failure.fields?.missing ? null : failure;
  }
}

/** Every question to a database that cannot be opened has the same answer. */
function brokenStore(error: Error): NonNullable<CheckDeps['store']> {
  const fail = () => Promise.reject(error);
  return {
    connections: fail,
    subscriptions: fail,
    backlog: fail,
    deadLetters: fail,
    certificateEnd: fail,
    consentRefusedAt: fail,
  };
}

function sealerOf(config: Config): Sealer | null {
  const keys = config.encryptionKeys ?? knownKeys(config.dataDir);
  return keys.length > 0 ? createSealer(keys) : null;
}

/** A connection's tokens, read only: what Microsoft hands out beside stays unused, and the old ones stay good. */
async function cacheOf(store: Store | null, sealer: Sealer | null, id: string): Promise<string> {
  const sealed = (await store?.connections.tokenCache(id)) ?? '';
  return sealer?.open(sealed, tokenContext(id)) ?? '';
}

function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}
