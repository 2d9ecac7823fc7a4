import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Node } from 'oxc-parser';
import { parseSync, Visitor } from 'oxc-parser';

const root = fileURLToPath(new URL('..', import.meta.url));
const PARTS = ['host', 'graph', 'entra', 'mattermost', 'store', 'connect', 'notify', 'commands', 'api', 'admin'];

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
  for (const part of ['core', 'i18n', 'config', 'http', ...PARTS, 'cli', 'app']) {
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

test('i18n imports nothing of ours', () => {
  const found = offences(
    sources('sidecar/src/i18n/**/*.ts'),
    (_, imported) => imported.startsWith('sidecar/') && !imported.startsWith('sidecar/src/i18n/'),
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

test('config imports core alone', () => {
  const found = offences(
    sources('sidecar/src/config/**/*.ts'),
    (_, imported) => imported.startsWith('sidecar/') && !/^sidecar\/src\/(core|config)\//.test(imported),
  );
  assert.deepEqual(found, []);
});

test('http is imported by routes, and by the schema of their errors', () => {
  const found = offences(
    PARTS.flatMap((part) => sources(`sidecar/src/${part}/**/*.ts`)),
    ({ path }, imported) => imported.startsWith('sidecar/src/http/') && !/(routes?|api\/schema)\.ts$/.test(path),
  );
  assert.deepEqual(found, []);
});

test('features and edges import core, i18n, http and themselves, never each other', () => {
  for (const part of PARTS) {
    const found = offences(
      sources(`sidecar/src/${part}/**/*.ts`),
      (_, imported) =>
        imported.startsWith('sidecar/') &&
        !/^sidecar\/src\/(core|i18n|http)\//.test(imported) &&
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

test('outbound HTTP is made in graph/, entra/, mattermost/ and host/ alone', () => {
  for (const { path, text } of sources('sidecar/src/**/*.ts')) {
    if (/^sidecar\/src\/(graph|entra|mattermost|host)\//.test(path)) continue;
    assert.doesNotMatch(text, /(?<![\w.])fetch\(|from 'undici'|from 'node:https?'/, path);
  }
});

const BRANCHES: ReadonlySet<string> = new Set([
  'IfStatement',
  'ConditionalExpression',
  'LogicalExpression',
  'SwitchStatement',
  'TryStatement',
  'ForStatement',
  'ForInStatement',
  'ForOfStatement',
  'WhileStatement',
  'DoWhileStatement',
]);

/** The branches of a file, each as `path:line kind`, but for conditions on a setting: those that read `config`. */
function branchesOf(path: string, text: string): string[] {
  const { program, errors } = parseSync(path, text);
  assert.deepEqual(errors, [], path);
  const found: string[] = [];
  const note = (node: Node) => {
    const condition = 'test' in node && node.test ? node.test : 'left' in node ? node.left : node;
    const isOnSetting =
      ['IfStatement', 'ConditionalExpression', 'LogicalExpression'].includes(node.type) &&
      /\bconfig\b/.test(text.slice(condition.start, condition.end));
    if (BRANCHES.has(node.type) && !isOnSetting) {
      found.push(`${path}:${text.slice(0, node.start).split('\n').length} ${node.type}`);
    }
  };
  new Visitor(Object.fromEntries([...BRANCHES].map((type) => [type, note]))).visit(program);
  return found;
}

test('app decides nothing: no branches but on settings', () => {
  const cases: Array<[text: string, branches: number]> = [
    ['const a = config.feed === "tenant" ? 1 : 2;', 0],
    ['const a = config.feed === "tenant" && other();', 0],
    ['const a = config.keys ?? keysFrom(config.dataDir);', 0],
    ['if (config.oauth === null) start();', 0],
    ['const a = items.map((item) => item.id);', 0],
    ['const a = store?.connections;', 0],
    ['const a = ready ? 1 : 2;', 1],
    ['const a = ready && start(config);', 1],
    ['const a = found ?? null;', 1],
    ['if (ready) start(config);', 1],
    ['for (const one of config.list) start(one);', 1],
    ['while (config.on) start();', 1],
    ['try { start(config); } catch {}', 1],
    ['switch (config.feed) { default: start(); }', 1],
  ];
  for (const [text, branches] of cases) assert.equal(branchesOf('case.ts', text).length, branches, text);
  const found = sources('sidecar/src/app/**/*.ts').flatMap(({ path, text }) => branchesOf(path, text));
  assert.deepEqual(found, []);
});

test('no files import each other in a circle, not even types', () => {
  const list = sources(
    'sidecar/src/**/*.ts',
    'webapp/src/**/*.{ts,tsx}',
    'playground/**/*.{ts,tsx}',
    'tests/**/*.{ts,tsx}',
  );
  const importsOf = new Map(list.map(({ path, imports }) => [path, imports]));
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (path: string, above: readonly string[]): void => {
    const start = above.indexOf(path);
    if (start >= 0) circles.push([...above.slice(start), path].join(' → '));
    if (start >= 0 || done.has(path)) return;
    for (const imported of importsOf.get(path) ?? []) visit(imported, [...above, path]);
    done.add(path);
  };
  for (const path of importsOf.keys()) visit(path, []);
  assert.deepEqual(circles, []);
});

test('no folder holds more than twenty files', () => {
  const files = globSync(['sidecar/src/**/*', 'webapp/src/**/*', 'playground/**/*', 'tests/**/*'], {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => ['node_modules', 'dist'].includes(entry.name),
  }).filter((entry) => entry.isFile());
  const counts = Map.groupBy(files, ({ parentPath }) => relative(root, parentPath));
  const full = [...counts]
    .filter(([folder, entries]) => entries.length > 20 && !['corpus', 'fixtures'].includes(basename(folder)))
    .map(([folder, entries]) => `${folder}: ${entries.length}`);
  assert.deepEqual(full, []);
});
