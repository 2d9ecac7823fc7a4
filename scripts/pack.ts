import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';

/**
 * Packs `dist/<id>-<version>.tar.gz` (the upload for Mattermost) and `dist/msteams-connect-<version>.tgz` (the sidecar with the plugin,
 * for npm). `plugin` or `sidecar` as an argument packs only that. The plugin's bytes are reproducible: fixed order, owner and times.
 * `SIDECAR_URL` goes into the manifest's `props`.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

interface Manifest {
  id: string;
  version: string;
  props: { sidecar_url: string };
}

const wanted = process.argv[2];
const plugin = await packPlugin();
if (wanted !== 'sidecar') console.log(plugin);
if (wanted !== 'plugin') console.log(packSidecar(plugin));

async function packPlugin(): Promise<string> {
  const manifest = JSON.parse(readFileSync(join(root, 'plugin.json'), 'utf8')) as Manifest;
  manifest.props.sidecar_url = (process.env.SIDECAR_URL ?? '').replace(/\/+$/, '');
  const folder = join(dist, manifest.id);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'plugin.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  cpSync(join(root, 'assets'), join(folder, 'assets'), { recursive: true });
  cpSync(join(root, 'webapp/dist'), join(folder, 'webapp/dist'), { recursive: true });
  cpSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
  const file = join(dist, `${manifest.id}-${manifest.version}.tar.gz`);
  const files = ['plugin.json', 'LICENSE', 'assets/icon.svg', 'webapp/dist/main.js'].map(
    (name) => `${manifest.id}/${name}`,
  );
  await create({ file, cwd: dist, gzip: { level: 9 }, portable: true, mtime: new Date(0), noDirRecurse: true }, files);
  return file;
}

/** The package contains the plugin, so that `setup` finds it beside the program. */
function packSidecar(plugin: string): string {
  const passenger = join(root, 'sidecar', basename(plugin));
  cpSync(plugin, passenger);
  try {
    const result = spawnSync('npm', ['pack', '--silent', '--workspace', 'sidecar', '--pack-destination', dist], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (result.status !== 0) throw new Error('npm pack failed for the sidecar.');
    return join(dist, result.stdout.trim());
  } finally {
    rmSync(passenger);
  }
}
