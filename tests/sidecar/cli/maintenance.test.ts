import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify, stripVTControlCharacters } from 'node:util';
import { keyFile, keysFrom, knownKeys } from '../../../sidecar/src/config/key-file.ts';
import { tokenContext } from '../../../sidecar/src/connect/token-renewal.ts';
import { createSealer } from '../../../sidecar/src/core/encryption.ts';
import type { InboxItem } from '../../../sidecar/src/core/ports/queue.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { openStore } from '../../../sidecar/src/store/store.ts';

const MAIN = fileURLToPath(new URL('../../../sidecar/src/main.ts', import.meta.url));
const LOG = { debug() {}, info() {}, warn() {}, error() {} };
const GUID = '11111111-2222-4333-8444-555555555555';

describe('the command line', () => {
  function machine(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'cli-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const settings = {
      MATTERMOST_URL: 'http://localhost:1',
      MATTERMOST_BOT_TOKEN: 'bot',
      MATTERMOST_COMMAND_TOKEN: 'c'.repeat(26),
      MICROSOFT_TENANT_ID: GUID,
      MICROSOFT_CLIENT_ID: GUID,
      MICROSOFT_CLIENT_SECRET: 'secret',
      PUBLIC_URL: 'https://sidecar.example',
      DATA_DIR: folder,
    };
    const run = (words: string[], env: Record<string, string | undefined> = {}) =>
      new Promise<{ code: number; text: string }>((resolve) => {
        const options = { env: { PATH: process.env.PATH, ...settings, ...env } };
        execFile(process.execPath, [MAIN, ...words], options, (error, stdout, stderr) =>
          resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
        );
      });
    return {
      folder,
      env: { PATH: process.env.PATH, ...settings },
      run,
      open: () => openStore({ url: null, dataDir: folder, log: LOG }),
    };
  }

  test('migrate creates the tables and prints each migration', async (t) => {
    const { run } = machine(t);
    assert.match((await run(['migrate'])).text, /applied 0001-first-tables/);
    assert.equal((await run(['migrate'])).text, 'The tables are up to date.\n');
  });

  test('long work shows its steps on a terminal', async (t) => {
    const { folder, env } = machine(t);
    const line = `'${process.execPath}' '${MAIN}' migrate`;
    const run = promisify(execFile);
    // `script` of util-linux is the terminal.
    const { stdout } = await run('script', ['-qec', line, '/dev/null'], { env: { ...env, DATA_DIR: folder } });
    const shown = stripVTControlCharacters(stdout);
    assert.match(shown, /✔ Bring the tables up to date\s+› applied 0001-first-tables\.sql/);
  });

  test('dead list and dead replay work beside a running sidecar', async (t) => {
    const { run, open } = machine(t);
    assert.match((await run(['dead', 'list'])).text, /There is no database/);
    const store = await open();
    t.after(() => store.close());
    const item: InboxItem = {
      source: { kind: 'subscription', id: 's' },
      owner: { kind: 'connection', id: 'c' },
      tid: GUID,
      chatId: 'chat',
      messageId: '1',
      change: 'created',
      payload: '{}',
      receivedAt: 1,
    };
    await store.inbox.put([[item]], 1);
    const [queue] = await store.inbox.claim({ holder: 'test', limit: 1, now: 2_000, leaseMs: 1_000 });
    assert.ok(queue?.items[0]);
    await store.inbox.moveToDeadLetters({
      queue,
      itemId: queue.items[0].id,
      reason: 'mattermost_refused',
      attempts: 3,
      now: 2_100,
    });
    assert.match((await run(['dead', 'list'])).text, /mattermost_refused {2}attempts/);
    assert.match((await run(['dead', 'replay'])).text, /Nothing to replay was named/);
    assert.equal((await run(['dead', 'replay', '--all'])).text, '1 put back into the queue.\n');
    assert.equal((await store.inbox.backlog()).items, 1);
    assert.equal(await store.deadLetters.count(), 0);
  });

  test('rotate-keys encrypts every token with a new key, only while the sidecar does not run', async (t) => {
    const { run, open, folder } = machine(t);
    const context = tokenContext('c1');
    const [old] = keysFrom(folder);
    assert.ok(old);
    const store = await open();
    await store.connections.create(
      {
        id: 'c1',
        userId: 'u1',
        tid: GUID,
        oid: GUID,
        accountName: 'Ann',
        accountAddress: 'ann@example.com',
        state: 'connected',
        connectedAt: 1,
        lastDeliveryAt: null,
        lastErrorCode: null,
        lastErrorAt: null,
        preferences: DEFAULT_PREFERENCES,
      },
      createSealer([old]).seal('tokens', context),
    );
    assert.match((await run(['rotate-keys'])).text, /already running/);
    await store.close();
    assert.match((await run(['rotate-keys'])).text, /1 secrets are sealed with the key/);
    const [first, second] = knownKeys(folder);
    assert.equal(second?.id, old.id);
    assert.ok(first);
    const again = await open();
    t.after(() => again.close());
    const sealed = (await again.connections.tokenCache('c1')) ?? '';
    assert.equal(createSealer([first]).open(sealed, context), 'tokens');
    assert.doesNotMatch(readFileSync(keyFile(folder), 'utf8'), /undefined/);
  });

  test('azure --run makes the registration and writes its values', async (t) => {
    const { run, folder } = machine(t);
    const settings = join(folder, 'settings.env');
    const answers = {
      'account show': GUID,
      'ad app create': GUID,
      'ad app credential': 's#cret~',
      'ad sp create': GUID,
    };
    const cases = Object.entries(answers).map(([words, value]) => `  "${words}"*) echo '${JSON.stringify(value)}' ;;`);
    writeFileSync(join(folder, 'az'), `#!/bin/sh\ncase "$*" in\n${cases.join('\n')}\n  *) echo null ;;\nesac\n`);
    chmodSync(join(folder, 'az'), 0o755);
    const words = ['azure', '--run', '--sidecar-url', 'https://sidecar.example', '--settings', settings];
    const { code, text } = await run(words, { PATH: `${folder}:${process.env.PATH}` });
    assert.equal(code, 0, text);
    assert.doesNotMatch(text, /s#cret/);
    const written = parseEnv(readFileSync(settings, 'utf8'));
    assert.deepEqual(
      [written.MICROSOFT_TENANT_ID, written.MICROSOFT_CLIENT_ID, written.MICROSOFT_CLIENT_SECRET],
      [GUID, GUID, 's#cret~'],
    );
  });

  test('azure prints the steps, and --run needs the Azure CLI', async (t) => {
    const { run, folder } = machine(t);
    const told = await run(['azure', '--sidecar-url', 'https://sidecar.example/']);
    assert.match(told.text, /Redirect URI \(Web\) {8}https:\/\/sidecar\.example\/oauth\/callback/);
    assert.match(told.text, /Chat\.Read {8}delegated {3}f501c180-9344-439a-bca0-6cbf209fd270/);
    assert.match(told.text, /az ad app permission admin-consent --id \{clientId\}/);
    const missing = await run(['azure', '--run', '--sidecar-url', 'https://sidecar.example'], { PATH: folder });
    assert.equal(missing.code, 1);
    assert.match(missing.text, /The Azure CLI is not installed here/);
  });

  test('doctor names the missing settings', async (t) => {
    const { run } = machine(t);
    const { code, text } = await run(['doctor'], { MATTERMOST_BOT_TOKEN: undefined, PUBLIC_URL: undefined });
    assert.equal(code, 1);
    assert.match(text, /✗ Settings:.*\n.*MATTERMOST_BOT_TOKEN: missing[\s\S]*PUBLIC_URL: missing/);
  });
});
