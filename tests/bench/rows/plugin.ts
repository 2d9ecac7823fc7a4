import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { startChild } from '../child.ts';
import type { Context } from '../context.ts';
import { firstInteractions } from '../interaction.ts';
import type { Registration } from '../page.ts';
import { type Row, row } from '../report.ts';
import { spread } from '../statistics.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MOST = 40 * 1024;

/** The plugin as it is shipped: its sizes, and the time until everything is registered. */
export async function pluginRows({ quick }: Context): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-plugin-'));
  try {
    const bundle = build(folder);
    const size = gzipSync(readFileSync(bundle), { level: 9 }).length;
    const firsts: Registration[] = [];
    for (let turn = 0; turn < (quick ? 3 : 7); turn += 1) firsts.push(await first(bundle));
    if (firsts.some(({ registrations }) => registrations === 0)) throw new Error('The plugin registered nothing.');
    const interactions = await firstInteractions(quick ? 3 : 7);
    const group = 'Plugin';
    return [
      row({
        group,
        name: 'bundle, gzip',
        value: size / 1024,
        unit: 'KB',
        floor: MOST / 1024,
        floorIs: 'KB allowed',
        ratio: spread([size / MOST]),
        target: '≤ 40 KB',
        holds: size <= MOST,
      }),
      row({
        group,
        name: 'script and all registrations, first time',
        unit: 'ms',
        value: spread(firsts.map(({ pluginMs }) => pluginMs)).median,
        floorIs: "ms for React's scripts",
        floor: spread(firsts.map(({ reactMs }) => reactMs)).median,
        ratio: spread(firsts.map(({ pluginMs, reactMs }) => pluginMs / reactMs)),
      }),
      row({
        group,
        name: 'first click on the icon until the side panel tells the connection',
        unit: 'ms',
        value: spread(interactions.map(({ panelMs }) => panelMs)).median,
        floorIs: 'ms for a request to Mattermost',
        floor: spread(interactions.map(({ requestMs }) => requestMs)).median,
        ratio: spread(interactions.map(({ panelMs, requestMs }) => panelMs / requestMs)),
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function build(folder: string): string {
  const vite = join(ROOT, 'node_modules/vite/bin/vite.js');
  const options = ['build', '--logLevel', 'warn', '--outDir', folder, '--emptyOutDir'];
  const { status } = spawnSync(process.execPath, [vite, ...options], { cwd: join(ROOT, 'webapp'), stdio: 'inherit' });
  if (status !== 0) throw new Error('The plugin could not be built.');
  return join(folder, 'main.js');
}

async function first(bundle: string): Promise<Registration> {
  const page = startChild('./page.ts');
  try {
    return await page.call<Registration>('first', bundle);
  } finally {
    await page.close();
  }
}
