import { Parser, type ReadEntry } from 'tar';
import { isObject } from '../http/body.ts';
import { ApiError } from '../http/errors.ts';
import type { Manifest } from '../state/model.ts';

/** An unpacked bundle: the manifest, and the regular files by path below it. */
export interface Bundle {
  manifest: Manifest;
  files: Map<string, Buffer>;
  /** Permission bits of each file, as in the archive. */
  modes: Map<string, number>;
}

/** Unpacks a plugin's tar.gz: the manifest lies at the root or in exactly one top-level directory. 400 for anything else. */
export async function readBundle(archive: Buffer): Promise<Bundle> {
  const { files: all, modes: allModes } = await unpack(archive);
  const tops = new Set([...all.keys()].map((path) => path.split('/')[0] ?? ''));
  const folder = all.has('plugin.json') ? '' : `${[...tops][0] ?? ''}/`;
  const text = tops.size === 1 || folder === '' ? all.get(`${folder}plugin.json`) : undefined;
  if (!text) {
    throw new ApiError(400, 'app.plugin.manifest.app_error', {
      message: 'Unable to find manifest for extracted plugin.',
    });
  }
  const below = <T>(entries: Map<string, T>) =>
    new Map(
      [...entries]
        .filter(([path]) => path.startsWith(folder))
        .map(([path, value]) => [path.slice(folder.length), value]),
    );
  return { manifest: readManifest(text), files: below(all), modes: below(allModes) };
}

function unpack(archive: Buffer): Promise<Omit<Bundle, 'manifest'>> {
  const files = new Map<string, Buffer>();
  const modes = new Map<string, number>();
  return new Promise((resolve, reject) => {
    const fail = (detail: unknown) =>
      reject(
        new ApiError(400, 'app.plugin.extract.app_error', {
          message: 'Unable to extract plugin.',
          detail: String(detail),
        }),
      );
    if (archive[0] !== 0x1f || archive[1] !== 0x8b) return fail('not gzip');
    const parser = new Parser({ strict: true, onReadEntry: (entry: ReadEntry) => readEntry(entry, files, modes) });
    parser.on('error', fail);
    parser.on('end', () => resolve({ files, modes }));
    parser.end(archive);
  });
}

/** Only regular files are taken, and none that climbs out of the bundle. */
function readEntry(entry: ReadEntry, files: Map<string, Buffer>, modes: Map<string, number>): void {
  const chunks: Buffer[] = [];
  const path = entry.path.replace(/^\.\//, '');
  const isTaken = entry.type === 'File' && !path.split('/').includes('..') && !path.startsWith('/');
  entry.on('data', (chunk) => void (isTaken && chunks.push(chunk)));
  entry.on('end', () => {
    if (!isTaken) return;
    files.set(path, Buffer.concat(chunks));
    modes.set(path, (entry.mode ?? 0o644) & 0o777);
  });
}

function readManifest(text: Buffer): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(text.toString('utf8'));
  } catch (error) {
    throw invalidManifest(String(error));
  }
  if (!isObject(value)) throw invalidManifest('no object');
  const id = String(value.id ?? '').toLowerCase();
  if (!/^[a-z0-9-_.]{3,190}$/.test(id)) {
    throw new ApiError(400, 'app.plugin.invalid_id.app_error', { message: 'Plugin Id must be at least 3 characters.' });
  }
  const name = value.name;
  if (typeof name !== 'string' || name.trim() === '') throw invalidManifest('a plugin name is needed');
  for (const key of ['version', 'min_server_version']) {
    const version = value[key];
    if (version !== undefined && version !== '' && !isVersion(version)) throw invalidManifest(`failed to parse ${key}`);
  }
  for (const key of ['homepage_url', 'support_url', 'release_notes_url']) {
    const url = value[key];
    if (url !== undefined && url !== '' && !/^https?:\/\//.test(String(url))) throw invalidManifest(`invalid ${key}`);
  }
  return { ...value, id, name, version: String(value.version ?? '') };
}

function isVersion(value: unknown): boolean {
  return typeof value === 'string' && /^\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?$/.test(value);
}

function invalidManifest(detail: string): ApiError {
  return new ApiError(400, 'app.plugin.manifest.app_error', { message: `Invalid plugin manifest: ${detail}.`, detail });
}
