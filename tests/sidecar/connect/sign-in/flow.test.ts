import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, CONTOSO } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { connectionOwner } from '../../../../sidecar/src/core/owner.ts';
import type { Inbox } from '../../../../sidecar/src/core/ports/queue.ts';
import { DEFAULT_PREFERENCES } from '../../../../sidecar/src/core/preferences.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { inboxItem } from '../../../support/builders.ts';
import { connectAs, createCookieBrowser } from '../../../support/cookie-browser.ts';
import { connectionOfUser, useSignInEnvironment } from '../../../support/sign-in-environment.ts';

describe('connecting, as it should be', () => {
  const context = useSignInEnvironment();

  test('the page names the Mattermost account, then Microsoft, then the connection stands', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    const page = await browser.visit(url);
    assert.equal(page.status, 200);
    assert.match(page.html, /@alice \(Alice Adams\)/);
    assert.match(page.html, /mattermost\.test/);

    const done = await browser.visit(await browser.signIn(await browser.pressConnect(url), ALICE.oid));
    assert.equal(done.status, 200, done.html);
    assert.match(done.html, /You are connected/);
    const { id, ...rest } = await connectionOfUser(context.environment, 'alice');
    assert.deepEqual(
      { ...rest, connectedAt: 0 },
      {
        userId: 'alice',
        tid: CONTOSO,
        oid: ALICE.oid,
        accountName: ALICE.name,
        accountAddress: ALICE.mail,
        state: 'connected',
        connectedAt: 0,
        lastDeliveryAt: null,
        lastErrorCode: null,
        lastErrorAt: null,
        preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' },
      },
    );
    assert.deepEqual(context.environment.subscriptions.ensured, [id]);
    const [message] = context.environment.sent;
    assert.equal(message?.userId, 'alice');
    assert.deepEqual(
      message?.reply.buttons?.map(({ action }) => action),
      ['notifications_on', 'not_now'],
    );
  });

  test('the token works, is renewed from the sealed cache, and the table holds none in the clear', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    const { id } = await connectionOfUser(context.environment, 'alice');
    const first = await context.environment.tokens.tokenFor(id);
    assert.equal((await context.environment.deps.me(first)).oid, ALICE.oid);
    context.environment.refused.add(first);
    const second = await context.environment.tokens.tokenFor(id);
    assert.notEqual(second, first);
    assert.equal((await context.environment.deps.me(second)).oid, ALICE.oid);
    const sealed = (await context.environment.connections.tokenCache(id)) ?? '';
    assert.match(sealed, /^v1\.test\./);
    const opened = context.environment.deps.sealer.open(sealed, `connection-tokens:${id}`);
    assert.ok(!opened.includes(second), 'access tokens stay in memory');
  });

  test('pages speak German to a German user, and a link preview does not burn the link', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('bob');
    for (let look = 0; look < 3; look += 1) assert.match((await browser.visit(url)).html, /Weiter zu Microsoft/);
    const done = await browser.visit(await browser.signIn(await browser.pressConnect(url), BOB.oid));
    assert.match(done.html, /Sie sind verbunden/);
  });

  test('the request to Microsoft asks for the least, with PKCE, nonce and state', async () => {
    const { url } = await context.environment.flow.startLink('alice');
    const { searchParams } = new URL(await createCookieBrowser(context.environment).pressConnect(url));
    const scopes = searchParams.get('scope')?.split(' ').sort();
    assert.deepEqual(scopes, ['Chat.Read', 'Presence.Read', 'User.Read', 'offline_access', 'openid', 'profile']);
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    assert.equal(searchParams.get('login_hint'), ALICE.mail);
    for (const name of ['state', 'nonce', 'code_challenge']) assert.equal(searchParams.get(name)?.length, 43, name);
  });

  test('what the checks learn of permissions is recorded: a sign-in that wants consent, and one that works', async () => {
    const { network, environment } = context;
    const recorded = async () => {
      const states = ['consent_refused', 'signed_in'].map((name) => environment.installationState.read(name));
      return (await Promise.all(states)).map((state) => state !== null);
    };
    await network.fault({ kind: 'entra_error', grant: 'authorization_code', error: 'invalid_client', code: 7000222 });
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 503);
    assert.deepEqual(await recorded(), [false, false]);
    await network.control('DELETE', '/faults');
    environment.clock.advance(HOUR);
    await network.fault({ kind: 'entra_error', grant: 'authorization_code', error: 'invalid_grant', code: 65001 });
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 403);
    assert.deepEqual(await recorded(), [true, false]);
    await network.control('DELETE', '/faults');
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 200);
    assert.deepEqual(await recorded(), [true, true]);
  });

  test('subscriptions that cannot be created do not undo the connection', async () => {
    context.environment.subscriptions.failure = new AppError('microsoft_unavailable', 'Graph is away.');
    assert.equal((await connectAs(context.environment, 'alice', ALICE.oid)).status, 200);
    assert.equal((await connectionOfUser(context.environment, 'alice')).lastErrorCode, 'microsoft_unavailable');
  });

  test('signing in again keeps connection and preferences, and brings an ended sign-in back', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    const { id } = await connectionOfUser(context.environment, 'alice');
    await context.environment.connections.changePreferences(id, (now) => ({ ...now, enabled: true, when: 'always' }));
    await context.environment.connections.setState({ id, state: 'reconnect', errorCode: 'reconnect_needed', now: 1 });
    context.environment.tokens.forget(id);
    const inbox = createInbox(context.environment.db);
    await waitForSignIn(inbox, id);
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    assert.match((await browser.visit(url)).html, /alice@example\.com/);
    const done = await browser.visit(await browser.signIn(await browser.pressConnect(url), ALICE.oid));
    assert.equal(done.status, 200, done.html);
    const renewed = await connectionOfUser(context.environment, 'alice');
    assert.equal(renewed.id, id);
    assert.equal(renewed.state, 'connected');
    assert.equal(renewed.lastErrorCode, null);
    assert.deepEqual(renewed.preferences, { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' });
    assert.equal(context.environment.sent.at(-1)?.reply.buttons, undefined);
    assert.ok(await context.environment.tokens.tokenFor(id));
    assert.ok(
      ((await inbox.nextReadyAt()) ?? Number.NaN) <= context.environment.clock.now(),
      'what waited is due again',
    );
  });
});

/** A notification that could not be delivered without a sign-in. */
async function waitForSignIn(inbox: Inbox, connectionId: string): Promise<void> {
  await inbox.put([[inboxItem({ owner: connectionOwner(connectionId) })]], 0);
  const [queue] = await inbox.claim({ holder: 'h', limit: 1, now: 1_000, leaseMs: 1_000 });
  assert.ok(queue?.items[0]);
  const failure = { itemId: queue.items[0].id, code: 'reconnect_needed', attempts: 1 };
  await inbox.retry({ queue, ...failure, runAt: Number.MAX_SAFE_INTEGER });
}
