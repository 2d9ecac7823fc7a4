import type { Sealer } from '../../core/encryption.ts';
import { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Certificates, StoredCertificate } from '../../core/ports/certificates.ts';
import type { Clock } from '../../core/time.ts';
import { DAY, MINUTE } from '../../core/time.ts';
import { parseJson, readEncryptedContent } from '../wire/entities.ts';
import type { DecryptionKey } from './crypto.ts';
import { decryptContent, generateCertificate, importDecryptionKey, unreadable } from './crypto.ts';

export interface EncryptionCertificatesDeps {
  certificates: Pick<Certificates, 'list' | 'create' | 'remove'>;
  sealer: Sealer;
  clock: Clock;
  log: Log;
}

/** The certificates that Graph encrypts notification content for, with their private keys. */
export interface EncryptionCertificates {
  /** The certificate for new and renewed subscriptions, replaced after ninety days. @throws {AppError} database_* */
  current(): Promise<{ id: string; certificate: string }>;
  /**
   * Decrypts Graph's encrypted content, as JSON text; resolves to the chatMessage.
   *
   * @throws {AppError} notification_unreadable, seal_broken, key_unknown
   */
  decrypt(payload: string): Promise<unknown>;
  /** Checks that the configured encryption keys open the stored private keys. @throws {AppError} key_unknown */
  check(): Promise<void>;
}

const ROTATE_AFTER = 90 * DAY;
/** Subscriptions get the new certificate within the hour. Items that wait in the inbox or are replayed later need the old one. */
const KEEP_AFTER_ROTATION = 60 * DAY;
const RELOAD_AFTER = 10 * MINUTE;
/** Between two reads of the table for an unknown id: ids can be forged. */
const RELOAD_FOR_UNKNOWN_AFTER = 2_000;

interface LoadedRows {
  rows: StoredCertificate[];
  at: number;
}

/**
 * Encryption certificates with rotation and overlap. Private keys are sealed in the store and parsed once per process.
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#managing-encryption-keys
 */
export function createEncryptionCertificates(deps: EncryptionCertificatesDeps): EncryptionCertificates {
  const keys = new Map<string, Promise<DecryptionKey>>();
  let loaded: Promise<LoadedRows> | null = null;
  let lastLoad = Number.NEGATIVE_INFINITY;

  function load(maxAge: number): Promise<LoadedRows> {
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

  // Another replica may have made the certificate a moment ago, so the table is read again before an unknown id is given up.
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
    async decrypt(payload) {
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
      'The stored secrets were sealed with another encryption key than the configured one.',
      {
        cause,
        remedy:
          'Put the key that was used before back into ENCRYPTION_KEYS, or into DATA_DIR as encryption.key. If it is lost, start with an empty database: every user has to connect again.',
        fields: { certificateId: id },
      },
    );
  }
}

/** The stored rows, newest first. Adds a new certificate and removes old ones where due. */
async function refresh(deps: EncryptionCertificatesDeps, now: number): Promise<LoadedRows> {
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

async function create(deps: EncryptionCertificatesDeps, now: number): Promise<StoredCertificate> {
  const { id, certificate, privateKeyPem } = await generateCertificate(now);
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

/** The sealing context that binds a private key to its certificate. */
export function certificateContext(id: string): string {
  return `certificates.private_key:${id}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
