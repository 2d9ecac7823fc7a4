import type { Sealer } from '../../core/encryption.ts';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Certificates, StoredCertificate } from '../../core/ports/certificates.ts';
import type { Clock } from '../../core/time.ts';
import { DAY, MINUTE } from '../../core/time.ts';
import { parseJson, readEncryptedContent } from '../wire/entities.ts';
import type { DecryptionKey } from './crypto.ts';
import { createEncryptionCertificate, decryptContent, importDecryptionKey, unreadable } from './crypto.ts';

export interface KeyringDeps {
  certificates: Pick<Certificates, 'list' | 'create' | 'remove'>;
  sealer: Sealer;
  clock: Clock;
  log: Log;
}

/** The keys that open notifications. */
export interface Keyring {
  /** The certificate for new and renewed subscriptions; a new one is made when the last is older than ninety days. */
  current(): Promise<{ id: string; certificate: string }>;
  /** The chat message, as Graph's JSON, inside an inbox payload. Errors: `notification_unreadable`, `key_unknown`. */
  open(payload: string): Promise<unknown>;
  /** Refuses an encryption key that is not the one of the stored certificates. Error: `key_unknown`. */
  check(): Promise<void>;
}

const ROTATE_AFTER = 90 * DAY;
/** A subscription takes the new certificate within the hour; the rest is for what waits in the inbox or is replayed later. */
const KEEP_AFTER_ROTATION = 60 * DAY;
const RELOAD_AFTER = 10 * MINUTE;
/** A forged certificate id must not make us read the table every time. */
const RELOAD_FOR_UNKNOWN_AFTER = 2_000;

interface Loaded {
  rows: StoredCertificate[];
  at: number;
}

/** Encryption certificates with rotation and overlap, their keys sealed in the store and parsed once per process. */
export function createKeyring(deps: KeyringDeps): Keyring {
  const keys = new Map<string, Promise<DecryptionKey>>();
  let loaded: Promise<Loaded> | null = null;
  let lastLoad = Number.NEGATIVE_INFINITY;

  function load(maxAge: number): Promise<Loaded> {
    const now = deps.clock.now();
    if (loaded && now - lastLoad < maxAge) return loaded;
    lastLoad = now;
    const attempt = refresh(deps, now);
    loaded = attempt;
    attempt.catch(() => {
      if (loaded === attempt) loaded = null;
    });
    return attempt;
  }

  function keyOf(row: StoredCertificate): Promise<DecryptionKey> {
    const known = keys.get(row.id);
    if (known) return known;
    const key = importKey(deps.sealer, row);
    keys.set(row.id, key);
    key.catch(() => keys.delete(row.id));
    return key;
  }

  // Another replica may have made the certificate a moment ago: an id that is not known is looked up anew before it is given up.
  async function find(id: string): Promise<StoredCertificate> {
    const asked = deps.clock.now();
    const rowOf = async (maxAge: number) => (await load(maxAge)).rows.find((row) => row.id === id);
    const known = await rowOf(Number.POSITIVE_INFINITY);
    if (known) return known;
    const wait = lastLoad + RELOAD_FOR_UNKNOWN_AFTER - asked;
    if (lastLoad < asked && wait > 0) await deps.clock.sleep(wait);
    const fresh = await rowOf(lastLoad < asked ? 0 : Number.POSITIVE_INFINITY);
    if (fresh) return fresh;
    throw unreadable('certificate', undefined, id);
  }

  return {
    async current() {
      const [newest] = (await load(RELOAD_AFTER)).rows;
      if (!newest) throw new AppError('internal', 'There is no encryption certificate.');
      return { id: newest.id, certificate: newest.certificate };
    },
    async open(payload) {
      const content = readEncryptedContent(parseJson(payload));
      if (!content) throw unreadable('envelope');
      const text = await decryptContent(content, await keyOf(await find(content.encryptionCertificateId)));
      const message = parseJson(text);
      if (message === undefined) throw unreadable('json', undefined, content.encryptionCertificateId);
      return message;
    },
    async check() {
      for (const row of await deps.certificates.list()) checkSeal(deps.sealer, row);
    },
  };
}

function checkSeal(sealer: Sealer, { id, sealedPrivateKey }: StoredCertificate): void {
  try {
    sealer.open(sealedPrivateKey, certificateContext(id));
  } catch (cause) {
    throw new AppError(
      'key_unknown',
      'What is stored was sealed with another encryption key than the configured one.',
      {
        cause,
        remedy:
          'Put the key that was used before back into ENCRYPTION_KEYS, or into DATA_DIR as encryption.key. If it is lost, start with an empty database: everybody has to connect again.',
        fields: { certificateId: id },
      },
    );
  }
}

/** The stored rows, newest first, after a new certificate was made and outlived ones were removed where due. */
async function refresh(deps: KeyringDeps, now: number): Promise<Loaded> {
  const rows = (await deps.certificates.list()).toSorted((a, b) => b.createdAt - a.createdAt || compare(b.id, a.id));
  const [newest] = rows;
  if (!newest || newest.createdAt + ROTATE_AFTER <= now) {
    rows.unshift(await create(deps, now));
    deps.log.info({ certificateId: rows[0]?.id }, 'A new encryption certificate was made.');
  }
  const kept = rows.filter((_, index) => {
    const successor = rows[index - 1];
    return !successor || successor.createdAt + KEEP_AFTER_ROTATION > now;
  });
  for (const row of rows) if (!kept.includes(row)) await deps.certificates.remove(row.id);
  return { rows: kept, at: now };
}

async function create(deps: KeyringDeps, now: number): Promise<StoredCertificate> {
  const { id, certificate, privateKeyPem } = await createEncryptionCertificate(now);
  const row = {
    id,
    certificate,
    sealedPrivateKey: deps.sealer.seal(privateKeyPem, certificateContext(id)),
    createdAt: now,
  };
  await deps.certificates.create(row);
  return row;
}

async function importKey(sealer: Sealer, row: StoredCertificate): Promise<DecryptionKey> {
  const pem = sealer.open(row.sealedPrivateKey, certificateContext(row.id));
  try {
    return await importDecryptionKey(pem);
  } catch (cause) {
    throw unreadable('private_key', cause, row.id);
  }
}

/** Binds a sealed private key to its certificate. */
export function certificateContext(id: string): string {
  return `certificates.private_key:${id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
