import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, afterEach, before, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { ALICE, ANN, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, CHAT_MEETING } from '../../../playground/sample.ts';
import { type SidecarProcess, startSidecar } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

const CHATS = [CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, CHAT_MEETING];
const ENDS_WITHIN_MS = 10_000;

describe('ending and starting again', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;

  before(async () => {
    environment = await openEnvironment({ microsoft: { retryBaseMs: 100 } });
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE, preferences: { fold: false } });
  });
  after(() => environment?.close());
  afterEach(() => environment.mattermost.delete('/playground/faults'));

  /** Writes into four chats and returns in the middle of it: something is posted, much is waiting, some is on its way to Mattermost. */
  async function inTheMiddleOfABatch(): Promise<WrittenMessage[]> {
    const before = (await alice.delivered()).length;
    await environment.mattermost.post('/playground/faults', { kind: 'slow', path: 'POST /posts', ms: 500 });
    const ann = createTeamsUser(environment, ANN);
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= 5; line += 1) {
      for (const chat of CHATS) written.push(await ann.write(chat, `Line ${line}`));
    }
    await until(async () => (await alice.delivered()).length > before, 'the first is posted');
    return written;
  }

  /** Each message is there once, and each chat in order. */
  async function assertArrived(written: readonly WrittenMessage[]): Promise<void> {
    await settled(environment, sidecar.url);
    const ids = new Set(idsOf(written));
    const shown = (await alice.delivered()).filter(({ messageId }) => ids.has(messageId));
    // Nor was a second copy written and deleted again: Alice would have been notified of it.
    assert.ok((await alice.posts()).every(({ delete_at }) => delete_at === 0));
    for (const { id } of CHATS) {
      const ofChat = ({ chatId }: { chatId: string }) => chatId === id;
      assert.deepEqual(idsOf(shown.filter(ofChat)), idsOf(written.filter(ofChat)));
    }
  }

  /** Starts one more process with these settings, which must end by itself. */
  async function startInVain(
    env: Record<string, string | undefined>,
  ): Promise<{ code: number | null; output: string }> {
    const settings = Object.entries({ ...environment.env, ...env }).filter(
      (entry): entry is [string, string] => !!entry[1],
    );
    const other = await startSidecar({ env: Object.fromEntries(settings), awaitReady: false });
    const code = await Promise.race([other.ended, sidecarIsReady(other)]);
    await other.kill();
    return { code, output: other.output() };
  }

  /** Null as soon as it serves: then it has not refused to start. */
  async function sidecarIsReady({ url }: SidecarProcess): Promise<null> {
    const check = () =>
      fetch(`${url}/healthz`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until(check, 'it ends or serves');
    return null;
  }

  test('SIGTERM in the middle of a batch: it ends in time with status 0, and nothing is lost or doubled', async () => {
    const written = await inTheMiddleOfABatch();
    const tooLate = new Promise((resolve) => setTimeout(resolve, ENDS_WITHIN_MS, 'still running').unref());
    assert.equal(await Promise.race([sidecar.stop(), tooLate]), 0, sidecar.output());
    assert.ok((await alice.delivered()).length < written.length, 'it was not the middle');
    sidecar = await environment.startSidecar();
    await assertArrived(written);
  });

  test('kill -9 in the middle of a batch: nothing is lost or doubled', async () => {
    const written = await inTheMiddleOfABatch();
    await sidecar.kill();
    sidecar = await environment.startSidecar();
    await assertArrived(written);
  });

  test('a second sidecar on the same embedded database refuses to start, and the first keeps running', async () => {
    const { code, output } = await startInVain({});
    assert.equal(code, 1);
    assert.match(output, /Another sidecar is already running on the data in .*\n.*(Stop the other process|DATA_DIR)/);
    await assertArrived([await createTeamsUser(environment, ANN).write(CHAT_BUDGET, 'Still there?')]);
  });

  test('missing and misspelled settings are all named', async () => {
    const { code, output } = await startInVain({
      MATTERMOST_BOT_TOKEN: undefined,
      MICROSOFT_CLIENT_ID: undefined,
      MICROSOFT_CLIENT_SECRET: undefined,
      MICROSOFT_CLIENT_SECRETT: 'typo',
    });
    assert.equal(code, 1);
    for (const name of [
      'MATTERMOST_BOT_TOKEN',
      'MICROSOFT_CLIENT_ID',
      'MICROSOFT_CLIENT_SECRET',
      'MICROSOFT_CLIENT_SECRETT',
    ])
      assert.match(output, new RegExp(`^ *${name}\\b`, 'm'));
    assert.doesNotMatch(output, /typo|at .*\.ts:\d/);
  });

  test('an encryption key that does not fit the data is reported at the start', async () => {
    assert.equal(await sidecar.stop(), 0);
    const { code, output } = await startInVain({ ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}` });
    assert.equal(code, 1, output);
    assert.match(output, /another encryption key.*\n.*ENCRYPTION_KEYS/);
  });
});
