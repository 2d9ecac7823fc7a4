import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const PARTS = ['graph', 'entra', 'mattermost', 'store', 'connect', 'notify', 'commands', 'api', 'admin'];

interface Source {
  path: string;
  text: string;
  imports: string[];
}

function sources(...patterns: string[]): Source[] {
  return globSync(patterns, { cwd: root })
    .filter((path) => !path.includes('node_modules') && !path.includes('/dist/'))
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8');
      const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map((match) => match[1] ?? '');
      return { path, text, imports: specifiers.map((name) => resolveFrom(path, name)) };
    });
}

/** Relative specifiers become paths from the root; packages stay as they are. */
function resolveFrom(path: string, specifier: string): string {
  return specifier.startsWith('.') ? relative(root, join(root, dirname(path), specifier)) : specifier;
}

function offences(list: Source[], isOffence: (source: Source, imported: string) => boolean): string[] {
  return list.flatMap((source) =>
    source.imports.filter((imported) => isOffence(source, imported)).map((imported) => `${source.path} → ${imported}`),
  );
}

test('there is something to check', () => {
  for (const part of ['core', 'app', 'config', 'http', ...PARTS]) {
    assert.ok(sources(`sidecar/src/${part}/**/*.ts`).length > 0, `sidecar/src/${part} is empty`);
  }
});

test('core imports nothing of ours', () => {
  const found = offences(
    sources('sidecar/src/core/**/*.ts'),
    (_, imported) => imported.startsWith('sidecar/') && !imported.startsWith('sidecar/src/core/'),
  );
  assert.deepEqual(found, []);
});

test('http imports core alone', () => {
  const found = offences(
    sources('sidecar/src/http/**/*.ts'),
    (_, imported) => imported.startsWith('sidecar/') && !/^sidecar\/src\/(core|http)\//.test(imported),
  );
  assert.deepEqual(found, []);
});

test('features and edges import core, http and themselves, never each other', () => {
  for (const part of PARTS) {
    const found = offences(
      sources(`sidecar/src/${part}/**/*.ts`),
      (_, imported) =>
        imported.startsWith('sidecar/') &&
        !/^sidecar\/src\/(core|http)\//.test(imported) &&
        !imported.startsWith(`sidecar/src/${part}/`),
    );
    assert.deepEqual(found, []);
  }
});

test('the webapp imports only the schemas of the sidecar’s API, as types', () => {
  const list = sources('webapp/src/**/*.{ts,tsx}');
  const foreign = (imported: string) => imported.startsWith('sidecar/') || imported.startsWith('playground/');
  assert.deepEqual(
    offences(list, (_, imported) => foreign(imported) && !/^sidecar\/src\/api\/(admin-)?schema\.ts$/.test(imported)),
    [],
  );
  for (const source of list) {
    assert.doesNotMatch(
      source.text,
      /^import (?!type)[^;]*api\/(admin-)?schema/m,
      `${source.path} imports code from the sidecar`,
    );
  }
});

test('host.ts alone touches the page and the window of Mattermost', () => {
  for (const { path, text } of sources('webapp/src/**/*.{ts,tsx}')) {
    if (path !== 'webapp/src/host.ts') assert.doesNotMatch(text, /(?<![.\w])(window|document|navigator)\./, path);
  }
});

test('nothing of the product imports tests or playground', () => {
  const found = offences(
    sources('sidecar/src/**/*.ts', 'webapp/src/**/*.{ts,tsx}', 'scripts/**/*.ts'),
    (_, imported) => imported.startsWith('tests/') || imported.startsWith('playground/'),
  );
  assert.deepEqual(found, []);
});

test('the environment is read in config/ alone, SQL is written in store/ alone', () => {
  for (const { path, text } of sources('sidecar/src/**/*.ts')) {
    if (!path.startsWith('sidecar/src/config/')) assert.doesNotMatch(text, /process\.env/, path);
    if (!path.startsWith('sidecar/src/store/')) {
      assert.doesNotMatch(text, /\b(select\s.+\sfrom|insert\s+into|delete\s+from|update\s+\w+\s+set)\b/i, path);
    }
  }
});

test('outbound HTTP is made in graph/, entra/ and mattermost/ alone', () => {
  for (const { path, text } of sources('sidecar/src/**/*.ts')) {
    if (/^sidecar\/src\/(graph|entra|mattermost)\//.test(path)) continue;
    assert.doesNotMatch(text, /(?<![\w.])fetch\(|from 'undici'|from 'node:https?'/, path);
  }
});
