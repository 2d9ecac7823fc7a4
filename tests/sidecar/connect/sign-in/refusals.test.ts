import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ALICE, BOB, FABRIKAM } from '../../../../playground/sample.ts';
import { MINUTE } from '../../../../sidecar/src/core/time.ts';
import { user } from '../../../support/builders.ts';
import { connectAs, createCookieBrowser, failedWith } from '../../../support/cookie-browser.ts';
import {
  connectionOfUser,
  SIDECAR,
  startSignInEnvironment,
  useSignInEnvironment,
} from '../../../support/sign-in-environment.ts';

describe('connecting refuses', () => {
  const context = useSignInEnvironment();

  test('a link that was used, that is too old, or that was never issued', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    await browser.pressConnect(url);
    failedWith(await browser.visit(url), 410, /no longer valid/);
    const link = new URL(url).searchParams.get('link') ?? '';
    failedWith(await browser.visit(`${SIDECAR}/connect`, { method: 'POST', form: { link } }), 410, /no longer valid/);
    failedWith(await browser.visit(`${SIDECAR}/connect?link=made-up`), 410, /no longer valid/);
    const empty = { method: 'POST', form: {} } as const;
    failedWith(await browser.visit(`${SIDECAR}/connect`, empty), 410, /no longer valid/);
    const old = await context.environment.flow.startLink('alice');
    context.environment.clock.advance(10 * MINUTE + 1);
    failedWith(await browser.visit(old.url), 410, /no longer valid/);
  });

  test('a state that comes twice, even though the code would be new', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    const authorizeUrl = await browser.pressConnect(url);
    const [first, second] = [
      await browser.signIn(authorizeUrl, ALICE.oid),
      await browser.signIn(authorizeUrl, ALICE.oid),
    ];
    const secret = [...browser.cookies(SIDECAR)];
    assert.equal((await browser.visit(first)).status, 200);
    for (const [name, value] of secret) browser.cookies(SIDECAR).set(name, value);
    failedWith(await browser.visit(second), 410, /no longer valid/);
  });

  test('two returns at once: one connects, one is told that the link is over', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    const back = await browser.signIn(await browser.pressConnect(url), ALICE.oid);
    const answers = await Promise.all([browser.visit(back), browser.visit(back)]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 410]);
  });

  test('a state that is too old, or that was never issued', async () => {
    const browser = createCookieBrowser(context.environment);
    const { url } = await context.environment.flow.startLink('alice');
    const back = await browser.signIn(await browser.pressConnect(url), ALICE.oid);
    context.environment.clock.advance(10 * MINUTE + 1);
    failedWith(await browser.visit(back), 410, /no longer valid/);
    failedWith(await browser.visit(`${SIDECAR}/oauth/callback?code=x&state=made-up`), 410, /no longer valid/);
    failedWith(await browser.visit(`${SIDECAR}/oauth/callback`), 410, /no longer valid/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a return in another browser: a forwarded or injected response connects no account, and the state is consumed', async () => {
    const [starter, victim] = [createCookieBrowser(context.environment), createCookieBrowser(context.environment)];
    const { url } = await context.environment.flow.startLink('alice');
    const back = await starter.signIn(await starter.pressConnect(url), ALICE.oid);
    // The victim has a sign-in of its own under way, so there is a cookie, but not this one.
    await victim.pressConnect((await context.environment.flow.startLink('bob')).url);
    failedWith(await victim.visit(back), 400, /stay in one browser/);
    failedWith(await starter.visit(back), 410, /no longer valid/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a return in a browser without the cookie', async () => {
    const [starter, other] = [createCookieBrowser(context.environment), createCookieBrowser(context.environment)];
    const { url } = await context.environment.flow.startLink('alice');
    failedWith(
      await other.visit(await starter.signIn(await starter.pressConnect(url), ALICE.oid)),
      400,
      /stay in one browser/,
    );
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a code of another sign-in put under this state', async () => {
    const [alice, bob] = [createCookieBrowser(context.environment), createCookieBrowser(context.environment)];
    const backOf = async (browser: typeof alice, userId: string, oid: string) =>
      new URL(
        await browser.signIn(await browser.pressConnect((await context.environment.flow.startLink(userId)).url), oid),
      );
    const [hers, his] = [await backOf(alice, 'alice', ALICE.oid), await backOf(bob, 'bob', BOB.oid)];
    hers.searchParams.set('code', his.searchParams.get('code') ?? '');
    failedWith(await alice.visit(hers.href), 400, /did not work/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('another website that posts the form', async () => {
    const browser = createCookieBrowser(context.environment);
    const link = new URL((await context.environment.flow.startLink('alice')).url).searchParams.get('link') ?? '';
    const post = (site: string) =>
      browser.visit(`${SIDECAR}/connect`, { method: 'POST', form: { link }, headers: { 'sec-fetch-site': site } });
    failedWith(await post('cross-site'), 403, /did not come from our page/);
    failedWith(await post('same-site'), 403, /did not come from our page/);
    assert.equal((await post('same-origin')).status, 303);
  });

  for (const [name, claims, status, title] of [
    ['a forged nonce', { nonce: 'forged' }, 400, /did not work/],
    ['no nonce', { nonce: null }, 400, /did not work/],
    ['another audience', { aud: '99999999-aaaa-4bbb-8ccc-000000000009' }, 400, /did not work/],
    ['another issuer', { iss: 'https://evil.example/v2.0' }, 400, /did not work/],
    ['a token that is over', { exp: 1 }, 400, /did not work/],
    ['an object id that is not the one of /me', { oid: BOB.oid }, 400, /did not work/],
  ] as const) {
    test(`an id token with ${name}`, async () => {
      await context.network.fault({ kind: 'id_token', claims });
      failedWith(await connectAs(context.environment, 'alice', ALICE.oid), status, title);
      assert.equal(await context.environment.connections.count(), 0);
    });
  }

  test('an account of another organization, also when it shows the right address (nOAuth)', async () => {
    const iss = `${context.network.url}/${FABRIKAM}/v2.0`;
    await context.network.fault({
      kind: 'id_token',
      claims: { tid: FABRIKAM, iss, email: ALICE.mail, preferred_username: ALICE.mail },
    });
    failedWith(await connectAs(context.environment, 'alice', ALICE.oid), 403, /another organization/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('addresses that only the id token claims', async () => {
    await context.network.fault({
      kind: 'id_token',
      claims: { email: ALICE.mail, preferred_username: ALICE.mail, upn: ALICE.mail },
    });
    failedWith(await connectAs(context.environment, 'alice', BOB.oid), 403, /two accounts do not match/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('an id token whose body was changed after signing', async () => {
    context.network.answers.change = async (url, response) => {
      if (!url.includes('/token')) return response;
      const body = (await response.json()) as Record<string, unknown>;
      const [header, payload = '', signature] = String(body.id_token).split('.');
      const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), name: 'Somebody' };
      const forged = Buffer.from(JSON.stringify(claims)).toString('base64url');
      return Response.json({ ...body, id_token: `${header}.${forged}.${signature}` });
    };
    failedWith(await connectAs(context.environment, 'alice', ALICE.oid), 400, /did not work/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('two accounts that do not match: the page names the expected address and the account that was used', async () => {
    const answer = await connectAs(context.environment, 'alice', BOB.oid);
    failedWith(answer, 403, /two accounts do not match/);
    assert.match(answer.html, /<strong>alice@example\.com<\/strong>/);
    assert.match(answer.html, /<strong>bob@example\.com<\/strong>/);
    assert.match(answer.html, /Try again/);
    assert.equal(await context.environment.connections.count(), 0);
  });

  test('a user whose address Mattermost hides, before going to Microsoft', async () => {
    context.environment.users.set('alice', user({ id: 'alice', email: null }));
    const { url } = await context.environment.flow.startLink('alice');
    failedWith(await createCookieBrowser(context.environment).visit(url), 403, /not visible/);
  });

  test('an account that another user has, naming nothing of that user', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    const answer = await connectAs(context.environment, 'impostor', ALICE.oid);
    failedWith(answer, 409, /already connected/);
    assert.doesNotMatch(answer.html, /@alice\b|Alice Adams/);
    assert.equal((await connectionOfUser(context.environment, 'alice')).oid, ALICE.oid);
    assert.equal(await context.environment.connections.findByUser('impostor'), null);
  });

  test('a second account for a connected user, and says how to switch', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    context.environment.users.set('alice', user({ id: 'alice', email: BOB.mail }));
    const answer = await connectAs(context.environment, 'alice', BOB.oid);
    failedWith(answer, 409, /to another account/);
    assert.match(answer.html, /<strong>alice@example\.com<\/strong>/);
    assert.match(answer.html, /\/msteams disconnect/);
  });

  test('users beyond the limit, before and after Microsoft', async () => {
    await context.environment.close();
    context.environment = await startSignInEnvironment(context.network, { maxConnections: 1 });
    const late = createCookieBrowser(context.environment);
    const back = await late.signIn(
      await late.pressConnect((await context.environment.flow.startLink('bob')).url),
      BOB.oid,
    );
    await connectAs(context.environment, 'alice', ALICE.oid);
    failedWith(await late.visit(back), 403, /keine weiteren Personen/);
    failedWith(await late.visit((await context.environment.flow.startLink('bob')).url), 403, /keine weiteren Personen/);
    assert.equal((await connectAs(context.environment, 'alice', ALICE.oid)).status, 200);
  });
});
