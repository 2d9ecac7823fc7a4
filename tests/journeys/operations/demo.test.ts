import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { until } from '../../support/until.ts';

const DEMO = fileURLToPath(new URL('../../../playground/demo.ts', import.meta.url));

test('the demo serves until Ctrl-C and then ends without an error', async (t) => {
  const child = spawn(process.execPath, [DEMO, '--free-ports'], { stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const closed = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
    });
  }
  await until(
    () => output.includes('Ctrl-C stops everything.') || child.exitCode !== null,
    'the demo says what to try',
    () => output,
  );
  const mattermostUrl = /Mattermost +(http:\S+)/.exec(output)?.[1];

  const ping = await fetch(`${mattermostUrl}/api/v4/system/ping`);
  assert.equal(ping.status, 200);
  // Long enough for a demo that does not wait for Ctrl-C to have closed its servers.
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, 2_000))]);
  assert.equal(child.exitCode, null, output);

  child.kill('SIGINT');
  assert.deepEqual(await closed, [0, null], output);
  assert.match(output, /Stopping everything\./);
});
