import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Contents of uploaded files, by file id. */
export interface Blobs {
  put(id: string, bytes: Buffer): Promise<void>;
  get(id: string): Promise<Buffer | undefined>;
}

/** Keeps file contents in `dataDir`, or in memory when there is none. Ids come from `newId`, so they are safe as file names. */
export function createBlobs(dataDir: string | undefined): Blobs {
  if (dataDir === undefined) {
    const memory = new Map<string, Buffer>();
    return {
      put: async (id, bytes) => void memory.set(id, bytes),
      get: async (id) => memory.get(id),
    };
  }
  const folder = join(dataDir, 'files');
  return {
    async put(id, bytes) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, id), bytes);
    },
    get: (id) => readFile(join(folder, id)).catch(() => undefined),
  };
}
