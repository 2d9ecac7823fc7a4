import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SealKey } from '../core/encryption.ts';

/** Path of the key file in the data directory. */
export function keyFile(dataDir: string): string {
  return join(dataDir, 'encryption.key');
}

/**
 * The encryption keys of the data directory; the first start makes one (mode 0600). Without this file no sealed token can be read: it
 * belongs into the backup, apart from the database.
 */
export function keysFrom(dataDir: string): SealKey[] {
  if (!existsSync(keyFile(dataDir))) {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    makeFirstKey(dataDir);
  }
  return knownKeys(dataDir);
}

/** Replicas that start together over one directory agree on one key: `link` is atomic and fails when the file exists. */
function makeFirstKey(dataDir: string): void {
  const folder = mkdtempSync(join(dataDir, 'first-key-'));
  const key = keyLine(newKey('k1'));
  try {
    const made = join(folder, 'encryption.key');
    writeFileSync(made, key, { mode: 0o600 });
    linkSync(made, keyFile(dataDir));
  } catch {
    // Another replica was first, or the file system does not support links.
    if (!existsSync(keyFile(dataDir))) writeFileSync(keyFile(dataDir), key, { mode: 0o600, flag: 'wx' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The keys in the file; empty before the first start. */
export function knownKeys(dataDir: string): SealKey[] {
  if (!existsSync(keyFile(dataDir))) return [];
  const lines = readFileSync(keyFile(dataDir), 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [id = '', encoded = ''] = line.trim().split(':');
    return { id, key: Buffer.from(encoded, 'base64') };
  });
}

/** Adds a new key in front: it encrypts from now on, all decrypt. The file is replaced atomically. */
export function addKey(dataDir: string): SealKey[] {
  const known = knownKeys(dataDir);
  return writeKeys(dataDir, [newKey(`k${Date.now().toString(36)}`), ...known]);
}

/** Replaces the keys in the file. */
export function writeKeys(dataDir: string, keys: SealKey[]): SealKey[] {
  const next = `${keyFile(dataDir)}.next`;
  writeFileSync(next, keys.map(keyLine).join(''), { mode: 0o600 });
  renameSync(next, keyFile(dataDir));
  return keys;
}

function newKey(id: string): SealKey {
  return { id, key: randomBytes(32) };
}

function keyLine({ id, key }: SealKey): string {
  return `${id}:${key.toString('base64')}\n`;
}
