import { Header, Pack, Parser, ReadEntry } from 'tar';
import { AppError } from '../../core/errors.ts';

/** A packed plugin with the id and version of its manifest. */
export interface PluginBundle {
  id: string;
  version: string;
  /** The archive (tar, gzip). */
  archive: Buffer;
}

/** One entry of the archive. */
interface Entry {
  path: string;
  mode: number;
  mtime: Date;
  type: 'File' | 'Directory';
  content: Buffer;
}

/**
 * Reads a packed plugin and writes the sidecar's address into its manifest's `props`, where browsers find it. Its other files stay as
 * they are.
 * @throws {AppError} bad_request when the file is not a packed plugin
 */
export async function readBundle(archive: Buffer, sidecarUrl: string): Promise<PluginBundle> {
  const entries = await unpack(archive).catch((cause: unknown) => {
    throw notAPlugin(cause);
  });
  const entry = entries.find(({ path }) => /^(\.\/)?([^/]+\/)?plugin\.json$/.test(path));
  if (!entry) throw notAPlugin();
  const manifest = parseManifest(entry.content);
  const props = { ...(manifest.props as object | undefined), sidecar_url: sidecarUrl };
  const content = Buffer.from(`${JSON.stringify({ ...manifest, props }, null, 2)}\n`);
  return {
    id: String(manifest.id),
    version: String(manifest.version),
    archive: await pack(entries.map((one) => (one === entry ? { ...one, content } : one))),
  };
}

function parseManifest(content: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(content.toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw notAPlugin(cause);
  }
}

/** Files and folders in archive order; Mattermost extracts nothing else from a plugin's archive. */
function unpack(archive: Buffer): Promise<Entry[]> {
  const entries: Array<Promise<Entry>> = [];
  return new Promise((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry: (entry) => {
        const { path, type, mode = 0o644, mtime = new Date(0) } = entry;
        if (type !== 'File' && type !== 'Directory') return entry.resume();
        entries.push(entry.concat().then((content) => ({ path, type, mode, mtime, content })));
      },
    });
    parser.on('end', () => resolve(Promise.all(entries)));
    parser.on('error', reject);
    parser.end(archive);
  });
}

async function pack(entries: readonly Entry[]): Promise<Buffer> {
  const archive = new Pack({ gzip: { level: 9 }, portable: true });
  for (const { content, ...header } of entries) {
    const entry = new ReadEntry(new Header({ ...header, size: content.length }));
    archive.add(entry);
    entry.end(content);
  }
  archive.end();
  return archive.concat();
}

function notAPlugin(cause?: unknown): AppError {
  return new AppError('bad_request', 'The file is not a packed Mattermost plugin.', {
    cause,
    remedy: 'Give the file msteams_connect-<version>.tar.gz of the release with --plugin.',
  });
}
