import type { Config } from '../config/config.ts';
import { addKey, knownKeys, writeKeys } from '../config/key-file.ts';
import { tokenContext } from '../connect/token-renewal.ts';
import type { Sealer, SealKey } from '../core/encryption.ts';
import { createSealer } from '../core/encryption.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { certificateContext } from '../graph/encryption/certificates.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import { NULL_LOG } from './null-log.ts';
import { runSteps } from './progress.ts';
import { print } from './prompt.ts';

const PAGE = 500;

/** `migrate`: brings the tables up to date. The sidecar does so too when it starts. */
export async function migrate({ databaseUrl, dataDir }: Config): Promise<void> {
  let applied = 0;
  await runSteps([
    {
      title: 'Bring the tables up to date',
      keepsLines: true,
      run: async (report) => {
        const info: Log['info'] = ({ migration }) => {
          if (typeof migration !== 'string') return;
          applied += 1;
          report(`applied ${migration}`);
        };
        const store = await openStore({ url: databaseUrl, dataDir, log: { ...NULL_LOG, info } });
        await store.close();
      },
    },
  ]);
  if (applied === 0) print('The tables are up to date.');
}

/**
 * `rotate-keys`: encrypts every token and private key with a new key. Without `ENCRYPTION_KEYS` it makes a new key in `DATA_DIR` and
 * keeps the one before, for data that lives a month at most: buttons, notices, queued notifications. With `ENCRYPTION_KEYS` the
 * operator has put the new key first.
 * @throws {AppError} config_invalid before the first start; database_locked while the sidecar runs over the embedded database
 */
export async function rotateKeys(config: Config): Promise<void> {
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log: NULL_LOG });
  try {
    const keys = config.encryptionKeys ?? ownKeys(config.dataDir);
    const [first] = keys;
    if (!first) {
      throw new AppError('config_invalid', 'There are no encryption keys yet.', { remedy: 'Start the sidecar once.' });
    }
    const sealer = createSealer(keys);
    let count = 0;
    await runSteps([
      {
        title: 'Encrypt sign-ins with the new key',
        run: async (report) => {
          count += await resealTokens(store, sealer, report);
        },
      },
      {
        title: 'Encrypt certificates with the new key',
        run: async () => {
          count += await resealCertificates(store, sealer);
        },
      },
    ]);
    if (!config.encryptionKeys) writeKeys(config.dataDir, keys.slice(0, 2));
    print(`${count} secrets are sealed with the key ${first.id}.`);
    if (config.encryptionKeys) {
      print(
        'Keys after the first may be taken out of ENCRYPTION_KEYS in 30 days, when what they still protect is gone.',
      );
    }
  } finally {
    await store.close();
  }
}

function ownKeys(dataDir: string): SealKey[] {
  return knownKeys(dataDir).length > 0 ? addKey(dataDir) : [];
}

async function resealTokens({ connections }: Store, sealer: Sealer, report: (line: string) => void): Promise<number> {
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
    report(`${count} sign-ins so far`);
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
