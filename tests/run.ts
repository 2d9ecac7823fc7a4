import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Runs the tests group by group, each group in one process (starting a process per file costs half a second each).
 * `node tests/run.ts [group…]`; the last lines come from Node's own test runner, and a group without tests is a failure.
 */
const GROUPS: Record<string, { files: string; imports?: string[] }> = {
  architecture: { files: 'tests/*.test.ts' },
  sidecar: { files: 'tests/sidecar/**/*.test.ts' },
  playground: { files: 'tests/playground/**/*.test.ts' },
  webapp: { files: 'tests/webapp/**/*.test.{ts,tsx}', imports: ['tsx', './tests/webapp/vite-glob.ts'] },
  journeys: { files: 'tests/journeys/**/*.test.ts' },
  chaos: { files: 'tests/chaos/**/*.test.ts' },
};

const root = fileURLToPath(new URL('..', import.meta.url));
const wanted = process.argv.slice(2);
const failed: string[] = [];
let total = 0;

for (const [name, group] of Object.entries(GROUPS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const passed = runGroup(name, group);
  if (passed === null) failed.push(name);
  else total += passed;
}

console.log(
  failed.length === 0 ? `${total} passed, 0 failed` : `failed groups: ${failed.join(', ')}; ${total} passed elsewhere`,
);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The number of passed tests, or null when something failed or nothing ran. */
function runGroup(name: string, group: { files: string; imports?: string[] }): number | null {
  const files = globSync(group.files, { cwd: root }).sort();
  console.log(`\n── ${name}: ${files.length} files`);
  const result = spawnSync(
    process.execPath,
    [
      ...(group.imports ?? []).flatMap((module) => ['--import', module]),
      '--test',
      '--test-isolation=none',
      '--test-force-exit',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      ...files,
    ],
    { cwd: root, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  process.stdout.write(result.stdout);
  const passed = Number(/^ℹ pass (\d+)$/m.exec(result.stdout)?.[1] ?? 0);
  return result.status === 0 && passed > 0 ? passed : null;
}
