import type { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { readEnv } from '../config/config.ts';
import { processEnv } from '../config/environment.ts';
import { addKey, knownKeys, writeKeys } from '../config/key-file.ts';
import { tokenContext } from '../connect/token-renewal.ts';
import type { Sealer, SealKey } from '../core/encryption.ts';
import { createSealer } from '../core/encryption.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { certificateContext } from '../graph/encryption/certificates.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import { SILENT } from './null-log.ts';
import { print } from './prompt.ts';

const PAGE = 500;

/** `migrate` and `rotate-keys`: what is done to the data while the sidecar does not run. */
export function maintenanceCommands(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables of the database up to date; start does so too')
    .action((_: unknown, command: Command) => migrate(configOf(command)));
  program
    .command('rotate-keys')
    .description('seal everything with a new encryption key; stop the sidecar first')
    .action((_: unknown, command: Command) => rotateKeys(configOf(command)));
}

function configOf(command: Command): Config {
  return readEnv(processEnv(command.optsWithGlobals<{ settings?: string }>().settings));
}

async function migrate({ databaseUrl, dataDir }: Config): Promise<void> {
  let applied = 0;
  const log: Log = {
    ...SILENT.log,
    info: ({ migration }) => {
      if (typeof migration !== 'string') return;
      applied += 1;
      print(`applied ${migration}`);
    },
  };
  const store = await openStore({ url: databaseUrl, dataDir, log });
  await store.close();
  if (applied === 0) print('The tables are up to date.');
}

/**
 * Seals every token and private key anew. With keys of its own (DATA_DIR) it makes a new key and keeps the one before, for what lives
 * a month at most: buttons, notices, waiting work. With ENCRYPTION_KEYS the operator has put the new key first.
 */
async function rotateKeys(config: Config): Promise<void> {
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log: SILENT.log });
  try {
    const keys = config.encryptionKeys ?? ownKeys(config.dataDir);
    const [first] = keys;
    if (!first)
      throw new AppError('config_invalid', 'There are no encryption keys yet.', { remedy: 'Start the sidecar once.' });
    const sealer = createSealer(keys);
    const count = (await resealTokens(store, sealer)) + (await resealCertificates(store, sealer));
    if (!config.encryptionKeys) writeKeys(config.dataDir, keys.slice(0, 2));
    print(`${count} secrets are sealed with the key ${first.id}.`);
    if (config.encryptionKeys)
      print(
        'Keys after the first may be taken out of ENCRYPTION_KEYS in 30 days, when what they still protect is gone.',
      );
  } finally {
    await store.close();
  }
}

function ownKeys(dataDir: string): SealKey[] {
  return knownKeys(dataDir).length > 0 ? addKey(dataDir) : [];
}

async function resealTokens({ connections }: Store, sealer: Sealer): Promise<number> {
  let count = 0;
  for (let afterId: string | null = null; ; ) {
    const page: Array<{ id: string }> = await connections.list({ afterId, limit: PAGE });
    for (const { id } of page) {
      const sealed = await connections.tokenCache(id);
      if (!sealed || !sealer.isStale(sealed)) continue;
      const context = tokenContext(id);
      const to = sealer.seal(sealer.open(sealed, context), context);
      if (await connections.resealTokenCache(id, { from: sealed, to })) count += 1;
    }
    afterId = page.at(-1)?.id ?? null;
    if (afterId === null) return count;
    print(`${count} sign-ins so far`);
  }
}

async function resealCertificates({ certificates }: Store, sealer: Sealer): Promise<number> {
  const stale = (await certificates.list()).filter(({ sealedPrivateKey }) => sealer.isStale(sealedPrivateKey));
  for (const { id, sealedPrivateKey } of stale) {
    const context = certificateContext(id);
    await certificates.reseal(id, sealer.seal(sealer.open(sealedPrivateKey, context), context));
  }
  return stale.length;
}
