import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import type { Spread } from './statistics.ts';

/** One line of the result. Ratios are of runs side by side, so they hold where the absolute figures drift. */
export interface Row {
  group: string;
  name: string;
  value: number;
  unit: string;
  /** The same measured on the least that could be done, or on the case that it is compared with. */
  floor: number | null;
  floorIs: string | null;
  ratio: Spread | null;
  target: string | null;
  /** Null with a target: it was missed, and what it is compared with missed it too, so the machine was too slow to tell. */
  holds: boolean | null;
}

/** Whether a target holds, by what it is compared with where that is known. */
export function holdsTarget(ours: boolean, floors = true): boolean | null {
  return ours || (floors ? false : null);
}

/** A row from the given fields; all others are null. */
export function row(
  given: Pick<Row, 'group' | 'name' | 'value' | 'unit'> & Partial<Omit<Row, 'group' | 'name' | 'value' | 'unit'>>,
): Row {
  return { floor: null, floorIs: null, ratio: null, target: null, holds: null, ...given };
}

/** How steady the machine was: the same fixed work, timed between the groups. */
export interface Noise {
  /** Slowest over fastest. */
  drift: number;
  loadAtStart: number;
  loadAtEnd: number;
}

/** Prints the table. */
export function printTable(rows: readonly Row[], noise: Noise): void {
  const lines = [HEAD, ...rows.map(cells)];
  const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  let group = '';
  for (const [index, line] of lines.entries()) {
    const current = rows[index - 1]?.group ?? '';
    if (index > 0 && current !== group) console.log(`\n${current}`);
    group = current;
    console.log(
      `  ${line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}`,
    );
  }
  const { drift, loadAtStart, loadAtEnd } = noise;
  if (rows.some(({ target, holds }) => target !== null && holds === null)) {
    console.log(
      '\ncannot tell: what it is compared with missed the target too, so this machine was too busy or too slow.',
    );
  }
  console.log(
    `\nThe same fixed work took between 1.0 and ${drift.toFixed(1)} times its fastest; load average ${loadAtStart.toFixed(1)} → ${loadAtEnd.toFixed(1)} on ${availableParallelism()} processors.`,
  );
}

const HEAD = ['', 'measured', 'against', 'ratio (min–max)', 'target', ''];

function cells({ name, value, unit, floor, floorIs, ratio, target, holds }: Row): string[] {
  return [
    name,
    `${figure(value)} ${unit}`,
    floor === null ? '' : `${figure(floor)} ${floorIs ?? ''}`.trim(),
    ratio === null ? '' : `${figure(ratio.median)} (${figure(ratio.min)}–${figure(ratio.max)})`,
    target ?? '',
    target === null ? '' : holds === null ? 'cannot tell' : holds ? 'holds' : 'MISSED',
  ];
}

/** Three figures that say something. */
function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 100) return Math.round(value).toLocaleString('en');
  return value.toFixed(size >= 10 ? 1 : size >= 0.1 ? 2 : 3);
}

/** Writes the same as JSON. */
export function writeReport(file: string, rows: readonly Row[], noise: Noise): void {
  const machine = {
    processors: availableParallelism(),
    model: cpus()[0]?.model ?? null,
    memoryBytes: totalmem(),
    node: process.version,
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ at: new Date().toISOString(), machine, noise, rows }, null, 2)}\n`);
}

/** Times the fixed work now and then. */
export function createCalibration(): { sample(): void; noise(): Noise } {
  const times: number[] = [];
  const loadAtStart = loadavg()[0] ?? 0;
  return {
    sample: () => void times.push(fixedWork()),
    noise: () => ({ drift: Math.max(...times) / Math.min(...times), loadAtStart, loadAtEnd: loadavg()[0] ?? 0 }),
  };
}

/** Makes and walks many small objects, which is what slow memory shows in; milliseconds, the best of five. */
function fixedWork(): number {
  const once = () => {
    const started = performance.now();
    const objects = Array.from({ length: 100_000 }, (_, index) => ({ index, text: `object ${index}` }));
    if (objects.reduce((sum, { text }) => sum + text.length, 0) === 0) throw new Error('No work was done.');
    return performance.now() - started;
  };
  return Math.min(...Array.from({ length: 5 }, once));
}
