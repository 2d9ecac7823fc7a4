import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { MINUTE } from '../../../../sidecar/src/core/time.ts';
import { connectAs, failedWith, openBrowser } from '../../../support/cookie-browser.ts';
import type { Stage } from '../../../support/sign-in-environment.ts';
import { connectionOf, SIDECAR, startStage, useStage } from '../../../support/sign-in-environment.ts';
import { aUser } from '../fixtures.ts';

/** From the page without a link through Microsoft and back. */
async function signInFirst(stage: Stage, oid: string) {
  const browser = openBrowser(stage);
  const begun = await browser.visit(`${SIDECAR}/connect`, { method: 'POST', form: { start: 'first' } });
  assert.equal(begun.status, 303, begun.html);
  return browser.visit(await browser.signIn(begun.location ?? '', oid));
}

async function until(check: () => boolean): Promise<void> {
  while (!check()) await new Promise((resolve) => setImmediate(resolve));
}

/** The bot's newest question, with the tokens of its buttons. */
async function question(stage: Stage) {
  await until(() => stage.sent.some(({ reply }) => reply.buttons?.[0]?.action.startsWith('claim_confirm')));
  const { userId, reply } = stage.sent.at(-1) ?? assert.fail();
  const token = (name: string) =>
    reply.buttons?.find(({ action }) => action.startsWith(name))?.action.split(' ')[1] ?? assert.fail();
  return { userId, text: reply.text, confirm: token('claim_confirm'), decline: token('claim_decline') };
}

describe('connecting with the Microsoft sign-in first', () => {
  const scene = useStage();

  test('the bot asks the user with that address, and a yes connects', async () => {
    assert.match((await openBrowser(scene.stage).visit(`${SIDECAR}/connect`)).html, /Continue to Microsoft/);
    const page = await signInFirst(scene.stage, ALICE.oid);
    assert.equal(page.status, 200);
    assert.match(page.html, /confirm in Mattermost/);
    assert.equal(await scene.stage.connections.count(), 0);
    // The impostor of the stage has the same address; Mattermost answers with one.
    const { userId, text, confirm } = await question(scene.stage);
    assert.equal(userId, 'alice');
    assert.match(text, /`alice@example\.com`/);
    assert.match((await scene.stage.flow.confirmClaim('alice', confirm)).text, /confirmed/);
    const { id, oid } = await connectionOf(scene.stage, 'alice');
    assert.equal(oid, ALICE.oid);
    assert.ok(await scene.stage.tokens.tokenFor(id));
    assert.match(scene.stage.sent.at(-1)?.reply.text ?? '', /You are connected/);
    assert.match((await scene.stage.flow.confirmClaim('alice', confirm)).text, /answered already/);
  });

  test('nothing tells whether a user has the address: same page, and nobody is written to', async () => {
    const known = await signInFirst(scene.stage, ALICE.oid);
    await question(scene.stage);
    scene.stage.sent.length = 0;
    scene.stage.users.clear();
    const unknown = await signInFirst(scene.stage, ALICE.oid);
    assert.deepEqual([unknown.status, unknown.html], [known.status, known.html]);
    assert.deepEqual(scene.stage.sent, []);
  });

  test('a bot, somebody deactivated, and a bot that cannot write change nothing on the page', async () => {
    scene.stage.users.delete('impostor');
    for (const changed of [{ deactivated: true }, { isBot: true }]) {
      scene.stage.users.set('alice', aUser({ id: 'alice', email: ALICE.mail, ...changed }));
      assert.equal((await signInFirst(scene.stage, ALICE.oid)).status, 200);
      assert.deepEqual(scene.stage.sent, []);
    }
    const away = async () => {
      throw new AppError('mattermost_unavailable', 'Mattermost is away.');
    };
    await scene.stage.close();
    scene.stage = await startStage(scene.network, { bot: { send: away } });
    assert.equal((await signInFirst(scene.stage, ALICE.oid)).status, 200);
    await until(() => scene.stage.log.lines.some(({ message }) => message.includes('could not be asked')));
  });

  test('only the user who was asked can answer, within ten minutes', async () => {
    await signInFirst(scene.stage, ALICE.oid);
    const { confirm } = await question(scene.stage);
    assert.match((await scene.stage.flow.confirmClaim('bob', confirm)).text, /zu alt/);
    await signInFirst(scene.stage, ALICE.oid);
    const late = await question(scene.stage);
    scene.stage.clock.advance(10 * MINUTE + 1);
    assert.match((await scene.stage.flow.confirmClaim('alice', late.confirm)).text, /too old/);
    assert.equal(await scene.stage.connections.count(), 0);
  });

  test('a no forgets the sign-in', async () => {
    await signInFirst(scene.stage, ALICE.oid);
    const { confirm, decline } = await question(scene.stage);
    assert.match((await scene.stage.flow.declineClaim('alice', decline)).text, /forgotten/);
    assert.match((await scene.stage.flow.confirmClaim('alice', confirm)).text, /too old/);
    assert.equal(await scene.stage.connections.count(), 0);
  });

  test('what is asked with the question counts again when it is answered', async () => {
    await signInFirst(scene.stage, ALICE.oid);
    const { confirm } = await question(scene.stage);
    scene.stage.users.set('alice', aUser({ id: 'alice', email: 'moved@example.com' }));
    assert.match((await scene.stage.flow.confirmClaim('alice', confirm)).text, /do not match.*`moved@example\.com`/s);
    assert.equal(await scene.stage.connections.count(), 0);
  });

  test('where addresses are hidden or need not match, the page says to begin in Mattermost', async () => {
    scene.stage.mattermost.hidesEmails = true;
    const browser = openBrowser(scene.stage);
    failedWith(await browser.visit(`${SIDECAR}/connect`), 404, /begin in Mattermost/);
    const post = { method: 'POST', form: { start: 'first' } } as const;
    failedWith(await browser.visit(`${SIDECAR}/connect`, post), 404, /begin in Mattermost/);
    await scene.stage.close();
    scene.stage = await startStage(scene.network, { accountMatch: 'any' });
    failedWith(await openBrowser(scene.stage).visit(`${SIDECAR}/connect`, post), 404, /begin in Mattermost/);
  });

  test('neither the question nor the way back can stand in for the other', async () => {
    await signInFirst(scene.stage, ALICE.oid);
    const { confirm } = await question(scene.stage);
    const browser = openBrowser(scene.stage);
    await browser.depart((await scene.stage.flow.startLink('alice')).url);
    failedWith(await browser.visit(`${SIDECAR}/oauth/callback?state=${confirm}&code=x`), 400, /one browser/);
    const state = new URL(await browser.depart((await scene.stage.flow.startLink('alice')).url)).searchParams;
    assert.match((await scene.stage.flow.confirmClaim('alice', state.get('state') ?? '')).text, /too old/);
    assert.equal(await scene.stage.connections.count(), 0);
  });

  test('a Microsoft account that another user has is refused in the answer', async () => {
    await connectAs(scene.stage, 'alice', ALICE.oid);
    scene.stage.users.set('alice', aUser({ id: 'alice', email: BOB.mail }));
    await signInFirst(scene.stage, ALICE.oid);
    const { userId, confirm } = await question(scene.stage);
    assert.equal(userId, 'impostor');
    assert.match((await scene.stage.flow.confirmClaim(userId, confirm)).text, /connected already/);
  });
});
