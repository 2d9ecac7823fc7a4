import { gunzipSync, gzipSync } from 'node:zlib';
import { AppError } from '../../core/errors.ts';

/** A packed plugin and what its manifest says of it. */
export interface PluginBundle {
  id: string;
  version: string;
  /** The archive (tar, gzip). */
  archive: Buffer;
}

interface Entry {
  name: string;
  /** Where its header begins. */
  start: number;
  size: number;
}

const BLOCK = 512;
const SIZE_FIELD = { start: 124, length: 12 };
const SUM_FIELD = { start: 148, length: 8 };

/** Reads the manifest of a packed plugin. Errors: `bad_request` when it is none. */
export function readBundle(archive: Buffer): PluginBundle {
  const { manifest } = open(archive);
  return { id: String(manifest.id), version: String(manifest.version), archive };
}

/** The same plugin with the sidecar's address in its manifest's `props`, where browsers find it. Errors: `bad_request`. */
export function withSidecarUrl(archive: Buffer, sidecarUrl: string): Buffer {
  const { tar, entry, manifest } = open(archive);
  const props = { ...(manifest.props as object | undefined), sidecar_url: sidecarUrl };
  const text = Buffer.from(`${JSON.stringify({ ...manifest, props }, null, 2)}\n`);
  const header = Buffer.from(tar.subarray(entry.start, entry.start + BLOCK));
  writeOctal(header, SIZE_FIELD, text.length);
  header.fill(' ', SUM_FIELD.start, SUM_FIELD.start + SUM_FIELD.length);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, SUM_FIELD.start, 'latin1');
  const after = entry.start + BLOCK + padded(entry.size);
  const body = Buffer.concat([text, Buffer.alloc(padded(text.length) - text.length)]);
  return gzipSync(Buffer.concat([tar.subarray(0, entry.start), header, body, tar.subarray(after)]), { level: 9 });
}

function open(archive: Buffer): { tar: Buffer; entry: Entry; manifest: Record<string, unknown> } {
  try {
    const tar = gunzipSync(archive);
    const entry = entries(tar).find(({ name }) => /^(\.\/)?([^/]+\/)?plugin\.json$/.test(name));
    if (!entry) throw notAPlugin();
    const text = tar.subarray(entry.start + BLOCK, entry.start + BLOCK + entry.size).toString('utf8');
    return { tar, entry, manifest: JSON.parse(text) as Record<string, unknown> };
  } catch (cause) {
    throw cause instanceof AppError ? cause : notAPlugin(cause);
  }
}

/** The files of a tar archive (POSIX ustar). The manifest's path is short, so extended headers need no reading. */
function entries(tar: Buffer): Entry[] {
  const found: Entry[] = [];
  let start = 0;
  while (start + BLOCK <= tar.length && tar[start] !== 0) {
    const name = tar
      .subarray(start, start + 100)
      .toString('utf8')
      .replace(/\0.*$/s, '');
    const size = Number.parseInt(tar.subarray(start + SIZE_FIELD.start, start + SIZE_FIELD.start + 11).toString(), 8);
    if (Number.isNaN(size)) throw notAPlugin();
    found.push({ name, start, size });
    start += BLOCK + padded(size);
  }
  return found;
}

function writeOctal(header: Buffer, field: typeof SIZE_FIELD, value: number): void {
  header.write(`${value.toString(8).padStart(field.length - 1, '0')}\0`, field.start, 'latin1');
}

function padded(size: number): number {
  return Math.ceil(size / BLOCK) * BLOCK;
}

function notAPlugin(cause?: unknown): AppError {
  return new AppError('bad_request', 'The file is not a packed Mattermost plugin.', {
    cause,
    remedy: 'Give the file msteams_connect-<version>.tar.gz of the release with --plugin.',
  });
}
