import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const PAGE = fileURLToPath(new URL('.', import.meta.url));
const DIST = fileURLToPath(new URL('../dist/', import.meta.url));
const LOCK = fileURLToPath(new URL('../../../package-lock.json', import.meta.url));
const OUTPUTS = ['main.js', 'main.css'];

async function readOr(path: string, fallback: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => fallback);
}

/** The fingerprint of everything the page is built from: its sources and the locked versions of its packages. */
async function fingerprint(): Promise<string> {
  const hash = createHash('sha256').update(await readOr(LOCK, ''));
  const entries = await readdir(PAGE, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) hash.update(relative(PAGE, file)).update(await readFile(file));
  return hash.digest('hex');
}

async function isCurrent(hash: string): Promise<boolean> {
  if ((await readOr(join(DIST, 'inputs.sha256'), '')) !== hash) return false;
  const outputs = await Promise.all(OUTPUTS.map((name) => readOr(join(DIST, name), '')));
  return outputs.every((content) => content !== '');
}

async function bundle(outDir: string): Promise<void> {
  await build({
    root: PAGE,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: {
      outDir,
      emptyOutDir: true,
      target: 'es2022',
      cssCodeSplit: false,
      chunkSizeWarningLimit: 4000,
      lib: {
        entry: join(PAGE, 'main.tsx'),
        formats: ['iife'],
        name: 'playground',
        fileName: () => 'main.js',
        cssFileName: 'main',
      },
    },
  });
}

/**
 * Builds the page into `dist/main.js` (one classic script, no eval) and `dist/main.css`, unless neither sources nor
 * package versions have changed since. Safe to run in several processes at once.
 */
export async function buildPage(): Promise<void> {
  const hash = await fingerprint();
  if (await isCurrent(hash)) return;
  const own = join(DIST, `build-${process.pid}`);
  await mkdir(DIST, { recursive: true });
  try {
    await bundle(own);
    // Moved into place whole, so that a server never hands out half a file.
    for (const name of OUTPUTS) await rename(join(own, name), join(DIST, name));
    await writeFile(join(DIST, 'inputs.sha256'), hash);
  } finally {
    await rm(own, { recursive: true, force: true });
  }
}
