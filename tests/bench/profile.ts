import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What V8 writes with `--cpu-prof`, as far as it is read (https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile). */
interface CpuProfile {
  nodes: Array<{ id: number; callFrame: { functionName: string; url: string }; children?: number[] }>;
  samples: number[];
  /** Microseconds since the sample before. */
  timeDeltas: number[];
}

/** Processor time by where it was spent. `own`: in the code itself; `within`: with all that it called. Shares of the time not idle. */
interface Share {
  where: string;
  own: number;
  within: number;
}

/** Arguments that make Node write its profile into that folder when it ends. */
export function profiled(folder: string): string[] {
  mkdirSync(folder, { recursive: true });
  return ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

const MOST_SHOWN = 40;

/** Prints the newest profile in the folder: by library, by file of ours, and by part of Node. */
export function printShares(folder: string): void {
  console.log(`\nProcessor time of the sidecar (${folder}, to be opened in the DevTools of Chromium)\n  within    own`);
  const percent = (share: number) => `${(share * 100).toFixed(1)} %`.padStart(8);
  for (const { where, own, within } of readShares(folder).slice(0, MOST_SHOWN)) {
    console.log(`${percent(within)}${percent(own)}  ${where}`);
  }
}

function readShares(folder: string): Share[] {
  const newest = readdirSync(folder).sort().at(-1) ?? '';
  const profile = JSON.parse(readFileSync(join(folder, newest), 'utf8')) as CpuProfile;
  const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, placeOf(callFrame)]));
  const parents = new Map(profile.nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id])));
  const shares = new Map<string, Share>();
  const shareOf = (where: string) => {
    const share = shares.get(where) ?? { where, own: 0, within: 0 };
    shares.set(where, share);
    return share;
  };
  let busy = 0;
  profile.samples.forEach((id, index) => {
    const own = frames.get(id) ?? '';
    if (own === '(idle)') return;
    const time = profile.timeDeltas[index] ?? 0;
    busy += time;
    shareOf(own).own += time;
    for (const where of stackOf(id, { frames, parents })) shareOf(where).within += time;
  });
  const parts = [...shares.values()].map(({ where, own, within }) => ({
    where,
    own: own / busy,
    within: within / busy,
  }));
  return parts.filter(({ where }) => where !== '(root)').sort((a, b) => b.within - a.within);
}

function stackOf(id: number, tree: { frames: Map<number, string>; parents: Map<number, number> }): Set<string> {
  const places = new Set<string>();
  for (let at: number | undefined = id; at !== undefined; at = tree.parents.get(at))
    places.add(tree.frames.get(at) ?? '');
  return places;
}

function placeOf({ url, functionName }: { url: string; functionName: string }): string {
  const [, library] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  if (library) return library;
  const [, file] = /\/sidecar\/(src\/.+)$/.exec(url) ?? [];
  return file ?? (url || functionName);
}
