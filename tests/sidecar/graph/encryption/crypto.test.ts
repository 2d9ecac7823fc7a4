import assert from 'node:assert/strict';
import type { KeyObject } from 'node:crypto';
import {
  constants,
  createCipheriv,
  createHmac,
  generateKeyPairSync,
  publicEncrypt,
  randomBytes,
  X509Certificate,
} from 'node:crypto';
import test from 'node:test';
import { createSealer } from '../../../../sidecar/src/core/encryption.ts';
import type { StoredCertificate } from '../../../../sidecar/src/core/ports/certificates.ts';
import { DAY } from '../../../../sidecar/src/core/time.ts';
import { createEncryptionCertificates } from '../../../../sidecar/src/graph/encryption/certificates.ts';
import {
  decryptContent,
  generateCertificate,
  importDecryptionKey,
} from '../../../../sidecar/src/graph/encryption/crypto.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';

const MESSAGE = JSON.stringify({ id: '1', body: { content: 'Grüße 🙂' } });

/** Encrypts as Graph does: a fresh key, its first half as IV, signed ciphertext, RSA-OAEP with SHA-1. */
function encrypt(text: string, publicKey: KeyObject, certificateId = 'cert') {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const padding = { padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' };
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    dataKey: publicEncrypt({ key: publicKey, ...padding }, key).toString('base64'),
    encryptionCertificateId: certificateId,
  };
}

function keyPair(modulusLength: number) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength });
  return { publicKey, pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

function publicKeyOf(certificate: string): KeyObject {
  return new X509Certificate(Buffer.from(certificate, 'base64')).publicKey;
}

function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}

for (const bits of [2048, 3072, 4096]) {
  test(`content for a ${bits}-bit key is opened`, async () => {
    const { publicKey, pem } = keyPair(bits);
    assert.equal(await decryptContent(encrypt(MESSAGE, publicKey), await importDecryptionKey(pem)), MESSAGE);
  });
}

test('changed, unsigned and foreign content is refused', async () => {
  const { publicKey, pem } = keyPair(2048);
  const other = keyPair(2048);
  const key = await importDecryptionKey(pem);
  const good = encrypt(MESSAGE, publicKey);
  const cases: Record<string, Parameters<typeof decryptContent>[0]> = {
    data: { ...good, data: flip(good.data) },
    signature: { ...good, dataSignature: flip(good.dataSignature) },
    'no signature': { ...good, dataSignature: null },
    'short signature': { ...good, dataSignature: 'AAAA' },
    'wrapped key': { ...good, dataKey: flip(good.dataKey) },
    'other key': encrypt(MESSAGE, other.publicKey),
    'no base64': { ...good, dataKey: '<<key>>' },
    'key and data of two messages': { ...good, dataKey: encrypt('{}', publicKey).dataKey },
  };
  for (const [name, content] of Object.entries(cases)) {
    await assert.rejects(decryptContent(content, key), { code: 'notification_unreadable' }, name);
  }
});

test('the certificate made for Graph is an RSA certificate of a year, and its key opens what it encrypted', async () => {
  const now = Date.parse('2026-11-21T10:00:00Z');
  const made = await generateCertificate(now);
  const parsed = new X509Certificate(Buffer.from(made.certificate, 'base64'));
  assert.equal(parsed.publicKey.asymmetricKeyDetails?.modulusLength, 2048);
  assert.ok(Date.parse(parsed.validFrom) <= now);
  assert.ok(Date.parse(parsed.validTo) >= now + 364 * DAY);
  assert.ok(made.id.length <= 128);
  const content = encrypt(MESSAGE, parsed.publicKey, made.id);
  assert.equal(await decryptContent(content, await importDecryptionKey(made.privateKeyPem)), MESSAGE);
});

function memoryCertificates(start: { rows?: StoredCertificate[]; keyId?: string; key?: number } = {}) {
  const rows = start.rows ?? [];
  const clock = createFakeClock();
  const certificates = createEncryptionCertificates({
    certificates: {
      list: async () => [...rows],
      create: async (row) => void rows.push(row),
      remove: async (id) =>
        void rows.splice(
          rows.findIndex((row) => row.id === id),
          1,
        ),
    },
    sealer: createSealer([{ id: start.keyId ?? 'k1', key: Buffer.alloc(32, start.key ?? 7) }]),
    clock,
    log: createTestLog(),
  });
  return { rows, clock, certificates };
}

test('one certificate is made, its key is kept sealed, and it decrypts content', async () => {
  const { rows, certificates } = memoryCertificates();
  const [first, second] = await Promise.all([certificates.current(), certificates.current()]);
  assert.equal(rows.length, 1);
  assert.deepEqual(first, second);
  assert.ok(!rows[0]?.sealedPrivateKey.includes('PRIVATE KEY'));
  const content = encrypt(MESSAGE, publicKeyOf(first.certificate), first.id);
  assert.deepEqual(await certificates.decrypt(JSON.stringify(content)), JSON.parse(MESSAGE));
});

test('a rotated certificate still decrypts until it is removed', async () => {
  const { rows, clock, certificates } = memoryCertificates();
  const old = await certificates.current();
  const payload = JSON.stringify(encrypt(MESSAGE, publicKeyOf(old.certificate), old.id));
  clock.advance(91 * DAY);
  const current = await certificates.current();
  assert.notEqual(current.id, old.id);
  assert.deepEqual(await certificates.decrypt(payload), JSON.parse(MESSAGE));
  clock.advance(61 * DAY);
  await certificates.current();
  assert.deepEqual(
    rows.map(({ id }) => id),
    [current.id],
  );
  await assert.rejects(certificates.decrypt(payload), { code: 'notification_unreadable' });
});

test('a certificate made by another replica is found', async () => {
  const one = memoryCertificates();
  const other = memoryCertificates({ rows: one.rows });
  await one.certificates.current();
  await other.certificates.current();
  one.clock.advance(91 * DAY);
  const fresh = await one.certificates.current();
  other.clock.advance(5_000);
  const payload = JSON.stringify(encrypt(MESSAGE, publicKeyOf(fresh.certificate), fresh.id));
  assert.deepEqual(await other.certificates.decrypt(payload), JSON.parse(MESSAGE));
});

test('a certificate that another replica made at the same moment is found, after a wait', async () => {
  const one = memoryCertificates();
  const other = memoryCertificates({ rows: one.rows });
  await one.certificates.current();
  await other.certificates.current();
  one.clock.advance(91 * DAY);
  const fresh = await one.certificates.current();
  other.clock.advance(1);
  const payload = JSON.stringify(encrypt(MESSAGE, publicKeyOf(fresh.certificate), fresh.id));
  const opened = [other.certificates.decrypt(payload), other.certificates.decrypt(payload)];
  while (other.clock.sleeping() < opened.length) await new Promise(setImmediate);
  other.clock.advance(2_000);
  for (const message of await Promise.all(opened)) assert.deepEqual(message, JSON.parse(MESSAGE));
});

test('content that cannot be decrypted is refused by its code', async () => {
  const { rows, clock, certificates } = memoryCertificates();
  clock.autoAdvance();
  const { id, certificate } = await certificates.current();
  const key = publicKeyOf(certificate);
  for (const payload of [
    '',
    'text',
    '{}',
    JSON.stringify(encrypt(MESSAGE, key, 'unknown')),
    JSON.stringify(encrypt('no json', key, id)),
  ]) {
    await assert.rejects(certificates.decrypt(payload), { code: 'notification_unreadable' });
  }
  const foreign = memoryCertificates({ rows, keyId: 'k2' });
  await assert.rejects(foreign.certificates.decrypt(JSON.stringify(encrypt(MESSAGE, key, id))), {
    code: 'key_unknown',
  });
});

test('the sealed key of one certificate does not open as that of another', async () => {
  const { rows, certificates } = memoryCertificates();
  const { id, certificate } = await certificates.current();
  const [row] = rows;
  assert.ok(row);
  rows.splice(0, 1, { ...row, id: 'swapped' });
  const swapped = memoryCertificates({ rows });
  const content = encrypt(MESSAGE, publicKeyOf(certificate), 'swapped');
  await assert.rejects(swapped.certificates.decrypt(JSON.stringify(content)), { code: 'seal_broken' });
  assert.notEqual(id, 'swapped');
});

test('an encryption key that is not the one of the stored certificates is noticed', async () => {
  const { rows, certificates } = memoryCertificates();
  await certificates.check();
  await certificates.current();
  await certificates.check();
  for (const other of [{ key: 8 }, { keyId: 'k2' }]) {
    await assert.rejects(memoryCertificates({ rows, ...other }).certificates.check(), { code: 'key_unknown' });
  }
});
