import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { MINUTE } from '../../../../sidecar/src/core/time.ts';
import { user } from '../../../support/builders.ts';
import { connectAs, createCookieBrowser, failedWith } from '../../../support/cookie-browser.ts';
import type { SignInEnvironment } from '../../../support/sign-in-environment.ts';
import {
  connectionOfUser,
  SIDECAR,
  startSignInEnvironment,
  useSignInEnvironment,
} from '../../../support/sign-in-environment.ts';
import { until } from '../../../support/until.ts';

/** From the page without a link through Microsoft and back. */
async function signInFirst(environment: SignInEnvironment, oid: string) {
  const browser = createCookieBrowser(environment);
  const begun = await browser.visit(`${SIDECAR}/connect`, { method: 'POST', form: { start: 'first' } });
  assert.equal(begun.status, 303, begun.html);
  return browser.visit(await browser.signIn(begun.location ?? '', oid));
}

/** The bot's newest question, with the tokens of its buttons. */
async function question(environment: SignInEnvironment) {
  await until(() =>
    environment.sent.some(({ reply }) => reply.buttons?.[0]?.action.startsWith('account_first_confirm')),
  );
  const { userId, reply } = environment.sent.at(-1) ?? assert.fail();
  const token = (name: string) =>
    reply.buttons?.find(({ action }) => action.startsWith(name))?.action.split(' ')[1] ?? assert.fail();
  return { userId, text: reply.text, confirm: token('account_first_confirm'), decline: token('account_first_decline') };
}

describe('connecting with the Microsoft sign-in first', () => {
  const context = useSignInEnvironment();

  test('the bot asks the user with that address, and a yes connects', async () => {
    assert.match(
      (await createCookieBrowser(context.environment).visit(`${SIDECAR}/connect`)).html,
      /Continue to Microsoft/,
    );
    const page = await signInFirst(context.environment, ALICE.oid);
    assert.equal(page.status, 200);
    assert.match(page.html, /confirm in Mattermost/);
    assert.equal(await context.environment.connections.count(), 0);
    // The impostor of the environment has the same address; Mattermost answers with one.
    const { userId, text, confirm } = await question(context.environment);
    assert.equal(userId, 'alice');
    assert.match(text, /`alice@example\.com`/);
    assert.match((await context.environment.flow.confirmAccountFirst('alice', confirm)).text, /confirmed/);
    const { id, oid } = await connectionOfUser(context.environment, 'alice');
    assert.equal(oid, ALICE.oid);
    assert.ok(await context.environment.tokens.tokenFor(id));
    assert.match(context.environment.sent.at(-1)?.reply.text ?? '', /You are connected/);
    assert.match((await context.environment.flow.confirmAccountFirst('alice', confirm)).text, /already answered/);
  });

  test('nothing tells whether a user has the address: same page, and no message is sent', async () => {
    const known = await signInFirst(context.environment, ALICE.oid);
    await question(context.environment);
    context.environment.sent.length = 0;
    context.environment.users.clear();
    const unknown = await signInFirst(context.environment, ALICE.oid);
    assert.deepEqual([unknown.status, unknown.html], [known.status, known.html]);
    assert.deepEqual(context.environment.sent, []);
  });

  test('a bot, a deactivated user, and a bot that cannot write change nothing on the page', async () => {
    context.environment.users.delete('impostor');
    for (const changed of [{ deactivated: true }, { isBot: true }]) {
      context.environment.users.set('alice', user({ id: 'alice', email: ALICE.mail, ...changed }));
      assert.equal((await signInFirst(context.environment, ALICE.oid)).status, 200);
      assert.deepEqual(context.environment.sent, []);
    }
    const away = async () => {
      throw new AppError('mattermost_unavailable', 'Mattermost is away.');
    };
    await context.environment.close();
    context.environment = await startSignInEnvironment(context.network, { bot: { send: away } });
    assert.equal((await signInFirst(context.environment, ALICE.oid)).status, 200);
    await until(() => context.environment.log.lines.some(({ message }) => message.includes('could not be asked')));
  });

  test('only the user who was asked can answer, within ten minutes', async () => {
    await signInFirst(context.environment, ALICE.oid);
    const { confirm } = await question(context.environment);
    assert.match((await context.environment.flow.confirmAccountFirst('bob', confirm)).text, /abgelaufen/);
    await signInFirst(context.environment, ALICE.oid);
    const late = await question(context.environment);
    context.environment.clock.advance(10 * MINUTE + 1);
    assert.match((await context.environment.flow.confirmAccountFirst('alice', late.confirm)).text, /has expired/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a no forgets the sign-in', async () => {
    await signInFirst(context.environment, ALICE.oid);
    const { confirm, decline } = await question(context.environment);
    assert.match((await context.environment.flow.declineAccountFirst('alice', decline)).text, /discarded/);
    assert.match((await context.environment.flow.confirmAccountFirst('alice', confirm)).text, /has expired/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('what is asked with the question counts again when it is answered', async () => {
    await signInFirst(context.environment, ALICE.oid);
    const { confirm } = await question(context.environment);
    context.environment.users.set('alice', user({ id: 'alice', email: 'moved@example.com' }));
    assert.match(
      (await context.environment.flow.confirmAccountFirst('alice', confirm)).text,
      /do not match.*`moved@example\.com`/s,
    );
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('where addresses are hidden or need not match, the page says to begin in Mattermost', async () => {
    context.environment.mattermost.hidesEmails = true;
    const browser = createCookieBrowser(context.environment);
    failedWith(await browser.visit(`${SIDECAR}/connect`), 404, /begin in Mattermost/);
    const post = { method: 'POST', form: { start: 'first' } } as const;
    failedWith(await browser.visit(`${SIDECAR}/connect`, post), 404, /begin in Mattermost/);
    await context.environment.close();
    context.environment = await startSignInEnvironment(context.network, { accountMatch: 'any' });
    failedWith(
      await createCookieBrowser(context.environment).visit(`${SIDECAR}/connect`, post),
      404,
      /begin in Mattermost/,
    );
  });

  test('neither the question nor the way back can stand in for the other', async () => {
    await signInFirst(context.environment, ALICE.oid);
    const { confirm } = await question(context.environment);
    const browser = createCookieBrowser(context.environment);
    await browser.pressConnect((await context.environment.flow.startLink('alice')).url);
    failedWith(await browser.visit(`${SIDECAR}/oauth/callback?state=${confirm}&code=x`), 400, /one browser/);
    const state = new URL(await browser.pressConnect((await context.environment.flow.startLink('alice')).url))
      .searchParams;
    assert.match(
      (await context.environment.flow.confirmAccountFirst('alice', state.get('state') ?? '')).text,
      /has expired/,
    );
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a Microsoft account that another user has is refused in the answer', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    context.environment.users.set('alice', user({ id: 'alice', email: BOB.mail }));
    await signInFirst(context.environment, ALICE.oid);
    const { userId, confirm } = await question(context.environment);
    assert.equal(userId, 'impostor');
    assert.match((await context.environment.flow.confirmAccountFirst(userId, confirm)).text, /already connected/);
  });
});
