import { createChecks, runChecks } from '../admin/checks/checks.ts';
import type { Check, CheckDeps, CheckResult } from '../admin/checks/types.ts';
import { checkPorts } from '../app/checks.ts';
import type { Config } from '../config/config.ts';
import { readEnv } from '../config/config.ts';
import { processEnv } from '../config/environment.ts';
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
import { NULL_LOG, NULL_METRICS } from './null-log.ts';
import { runSteps } from './progress.ts';
import { isInteractive, print } from './prompt.ts';

/** Options of `doctor`. */
export interface DoctorOptions {
  settings?: string;
  /** An administrator's token. */
  token?: string;
  json?: boolean;
  locale: string;
}

/** `doctor`: prints every check, one line each with what to do. Exit status 1 when one failed. */
export async function doctor({ settings, token, json = false, locale }: DoctorOptions): Promise<void> {
  const env = processEnv(settings);
  const results = await inspect(env, { token: token ?? env.MM_ADMIN_TOKEN ?? null, locale, json });
  if (json) print(JSON.stringify({ checks: results }, null, 2));
  else for (const line of results.flatMap(lines)) print(line);
  if (results.some(({ state }) => state === 'failed')) process.exitCode = 1;
}

/** A check's result, or the refused settings, without which no check can run. */
type Result = Omit<CheckResult, 'id'> & { id: string };

async function inspect(
  env: ReturnType<typeof processEnv>,
  { token, locale, json }: { token: string | null; locale: string; json: boolean },
): Promise<Result[]> {
  let config: Config;
  try {
    config = readEnv(env);
  } catch (error) {
    const { message, remedy = null } = toAppError(error);
    return [{ id: 'settings', title: 'Settings', state: 'failed', detail: message, remedy }];
  }
  const { deps, close } = await openInspection(config, token);
  try {
    const checks = createChecks(deps, locale);
    return await (isInteractive() && !json ? runVisibly(checks) : runChecks(checks));
  } finally {
    await close();
  }
}

/** Runs the checks while a line on the terminal counts them. */
async function runVisibly(checks: readonly Check[]): Promise<CheckResult[]> {
  let results: CheckResult[] = [];
  let done = 0;
  const counted = (check: Check, report: (line: string) => void): Check => ({
    ...check,
    run: async () => {
      const finding = await check.run();
      done += 1;
      report(`${done} of ${checks.length}: ${check.title}`);
      return finding;
    },
  });
  await runSteps([
    {
      title: 'Check Mattermost, Microsoft and the sidecar',
      run: async (report) => {
        results = await runChecks(checks.map((check) => counted(check, report)));
      },
    },
  ]);
  return results;
}

const MARKS = { ok: '✓', warning: '!', failed: '✗' };

function lines({ state, title, detail, remedy }: Result): string[] {
  return [`${MARKS[state]} ${title}: ${detail}`, ...(remedy === null ? [] : [`    → ${remedy}`])];
}

/** Opens what the checks read, beside a sidecar that may be running. With `administratorToken` they see more of Mattermost. */
async function openInspection(config: Config, administratorToken: string | null) {
  const url = config.mattermost.internalUrl;
  const route = openProxy(config.proxy);
  const common = { clock: systemClock, metrics: NULL_METRICS, ...route.through };
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
  const deps = checkPorts({
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
      await route.close();
    },
  };
}

/** The store; null while there is no database; the error when it cannot be opened. */
async function openBeside(config: Config): Promise<Store | null | Error> {
  try {
    return await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log: NULL_LOG, beside: true });
  } catch (error) {
    const failure = toAppError(error);
    return failure.fields?.missing ? null : failure;
  }
}

/** Rejects every read with the error that opening the database met. */
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

/** A connection's token cache, read only: a token renewed by doctor is not stored, and the stored ones stay valid. */
async function cacheOf(store: Store | null, sealer: Sealer | null, id: string): Promise<string> {
  const sealed = (await store?.connections.tokenCache(id)) ?? '';
  return sealer?.open(sealed, tokenContext(id)) ?? '';
}

function localHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  return host.includes(':') ? `[${host === '::' ? '::1' : host}]` : host;
}
