import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { render } from '../../../sidecar/src/cli/render.ts';
import { loadCorpus, READER, TENANT } from '../notify/corpus.ts';

const MAIN = fileURLToPath(new URL('../../../sidecar/src/main.ts', import.meta.url));
/** What `render` knows nothing of: how late a message is, and what became of its files. */
const CASES = loadCorpus().filter(([, { late, files }]) => late === undefined && files === undefined);

describe('render', () => {
  it('gives the posts of the corpus', () => {
    for (const [name, { message, chat, locale = 'en', post }] of CASES) {
      const rendered = render({ message, chat, locale, reader: READER, tid: TENANT });
      assert.equal(rendered.message, post.message, name);
    }
  });

  it('does so on the command line, too', (t) => {
    const [, given] = CASES.find(([name]) => name === 'mention-reader') ?? [];
    assert.ok(given);
    const folder = mkdtempSync(join(tmpdir(), 'render-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const chat = join(folder, 'chat.json');
    writeFileSync(chat, JSON.stringify(given.chat));
    const words = ['render', '--chat', chat, '--reader', READER.oid, '--username', READER.username, '--tenant', TENANT];
    const options = {
      input: JSON.stringify(given.message),
      encoding: 'utf8',
      env: { PATH: process.env.PATH },
    } as const;
    const post = JSON.parse(execFileSync(process.execPath, [MAIN, ...words], options));
    assert.equal(post.message, given.post.message);
  });

  it('marks nobody as external while the reader’s tenant is not known', () => {
    const [, given] = CASES.find(([name]) => name === 'sender-foreign-member') ?? [];
    assert.ok(given);
    const { message } = render({ message: given.message, chat: given.chat, locale: 'en' });
    assert.doesNotMatch(message, /external/);
  });
});
