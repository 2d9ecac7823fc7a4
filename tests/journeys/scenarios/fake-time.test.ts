import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs a script of the playground in a process with fake time. */
function run(script: string, words: string[]): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const preload = ['--import', './playground/fake-time.ts'];
    const child = spawn(process.execPath, [...preload, `playground/${script}.ts`, ...words], {
      cwd: ROOT,
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}

// 92 days, every fault and 2,000 connections take too long for a test: `npm run scenario:long-run`, `scenario:faults`, `scenario:load`.
describe('scenarios with moved time', () => {
  test('through a day of token and subscription renewals each message arrives once and at once', async () => {
    const { code, text } = await run('scenarios/long-run', ['--days', '1', '--every', '4']);
    assert.equal(code, 0, text);
    assert.match(text, /delivered 6 of 6, duplicates 0/);
  });

  test('after two hours of a fault at Microsoft each message arrives once', async () => {
    const names = ['notifications lost', 'changed content', 'sign-in revoked'];
    const { code, text } = await run('scenarios/faults', ['--only', names.join(',')]);
    assert.equal(code, 0, text);
    for (const name of names) assert.match(text, new RegExp(`^${name}: delivered 4 of 4, duplicates 0`, 'm'));
  });
});
