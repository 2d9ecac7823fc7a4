import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { startMattermost } from '../../../playground/mattermost/server.ts';
import { ALICE, BOB } from '../../../playground/sample.ts';
import type { SessionOauth } from '../../../sidecar/src/mattermost/session-oauth.ts';
import { createSessionOauth } from '../../../sidecar/src/mattermost/session-oauth.ts';
import { user } from '../../support/builders.ts';
import { createRunningClock } from '../../support/clock.ts';
import { createCookieBrowser, failedWith } from '../../support/cookie-browser.ts';
import type { Network, SignInEnvironment } from '../../support/sign-in-environment.ts';
import { connectionOfUser, SIDECAR, startNetwork, startSignInEnvironment } from '../../support/sign-in-environment.ts';

describe('ACCOUNT_MATCH=any, with the Mattermost emulator', () => {
  let network: Network;
  let site: Awaited<ReturnType<typeof startMattermost>>;
  let app: { id: string; client_secret: string };
  let environment: SignInEnvironment;
  let session: SessionOauth;
  let ids: Record<'alice' | 'bob', string>;

  before(async () => {
    [network, site] = await Promise.all([startNetwork(), startMattermost({})]);
    app = await api('POST', '/oauth/apps', {
      name: 'Microsoft Teams',
      description: '',
      homepage: SIDECAR,
      callback_urls: [`${SIDECAR}/oauth/mattermost`],
      is_trusted: true,
    });
    const idOf = async (name: string) => (await api<{ id: string }>('GET', `/users/username/${name}`)).id;
    ids = { alice: await idOf('alice'), bob: await idOf('bob') };
  });
  beforeEach(async () => {
    session = createSessionOauth({
      siteUrl: site.url,
      url: site.url,
      clientId: app.id,
      clientSecret: app.client_secret,
      redirectUri: `${SIDECAR}/oauth/mattermost`,
      clock: createRunningClock(),
      metrics: { outbound: () => {} },
    });
    environment = await startSignInEnvironment(network, { accountMatch: 'any', session });
    environment.users.set(ids.alice, user({ id: ids.alice, email: 'elsewhere@example.org' }));
    environment.users.set(ids.bob, user({ id: ids.bob, username: 'bob', email: null }));
  });
  afterEach(async () => {
    await environment.close();
    await session.close();
  });
  after(async () => {
    await site.close();
    await network.close();
  });

  async function api<T>(method: string, path: string, body?: object): Promise<T> {
    const answer = await fetch(`${site.url}/api/v4${path}`, {
      method,
      headers: { authorization: `Bearer ${site.adminToken}`, 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  /** A browser with this Mattermost session; where Mattermost sends it for the address it was sent to. */
  async function atMattermost(username: string, address: string): Promise<string> {
    const login = await fetch(`${site.url}/api/v4/users/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login_id: username, password: 'Password1!' }),
    });
    const headers = { authorization: `Bearer ${login.headers.get('token')}` };
    const answer = await fetch(address, { headers, redirect: 'manual' });
    assert.equal(answer.status, 302, await answer.text());
    return answer.headers.get('location') ?? '';
  }

  const linkOf = async (name: 'alice' | 'bob') => (await environment.flow.startLink(ids[name])).url;

  test('two accounts with different addresses are joined once the browser proved its session', async () => {
    const browser = createCookieBrowser(environment);
    const toMattermost = await browser.pressConnect(await linkOf('alice'));
    assert.ok(toMattermost.startsWith(`${site.url}/oauth/authorize?`));
    const proven = await browser.visit(await atMattermost('alice', toMattermost));
    assert.equal(proven.status, 303, proven.html);
    const done = await browser.visit(await browser.signIn(proven.location ?? '', ALICE.oid));
    assert.equal(done.status, 200, done.html);
    assert.equal((await connectionOfUser(environment, ids.alice)).oid, ALICE.oid);
    const sessions = await api<Array<{ is_oauth: boolean }>>('GET', `/users/${ids.alice}/sessions`);
    assert.ok(!sessions.some(({ is_oauth }) => is_oauth), 'the token was given back');
  });

  test('a forwarded link joins nobody: the browser of another user is stopped before Microsoft', async () => {
    const victim = createCookieBrowser(environment);
    const toMattermost = await victim.pressConnect(await linkOf('bob'));
    failedWith(await victim.visit(await atMattermost('alice', toMattermost)), 403, /another Mattermost account/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('a way to Microsoft that was forwarded after the proof is stopped by the missing cookie', async () => {
    const [attacker, victim] = [createCookieBrowser(environment), createCookieBrowser(environment)];
    const proven = await attacker.visit(await atMattermost('bob', await attacker.pressConnect(await linkOf('bob'))));
    failedWith(await victim.visit(await victim.signIn(proven.location ?? '', ALICE.oid)), 400, /one browser/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('the proof of one cannot be used for the link of another', async () => {
    const [hers, his] = [createCookieBrowser(environment), createCookieBrowser(environment)];
    const herReturn = new URL(await atMattermost('alice', await hers.pressConnect(await linkOf('alice'))));
    const hisReturn = new URL(await atMattermost('bob', await his.pressConnect(await linkOf('bob'))));
    herReturn.searchParams.set('code', hisReturn.searchParams.get('code') ?? '');
    failedWith(await hers.visit(herReturn.href), 400, /did not confirm/);
    failedWith(await createCookieBrowser(environment).visit(hisReturn.href), 400, /one browser/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('a return comes once, and each way back is its own', async () => {
    const browser = createCookieBrowser(environment);
    const back = await atMattermost('alice', await browser.pressConnect(await linkOf('alice')));
    const query = new URL(back).search;
    failedWith(await browser.visit(`${SIDECAR}/oauth/callback${query}`), 410, /no longer valid/);
    failedWith(await browser.visit(back), 410, /no longer valid/);
    const toMattermost = await browser.pressConnect(await linkOf('alice'));
    const proven = await browser.visit(await atMattermost('alice', toMattermost));
    const fromMicrosoft = new URL(await browser.signIn(proven.location ?? '', BOB.oid)).search;
    failedWith(await browser.visit(`${SIDECAR}/oauth/mattermost${fromMicrosoft}`), 410, /no longer valid/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('without a code, with a made-up one, and with Mattermost away nothing is proven', async () => {
    for (const code of ['', '&code=made-up']) {
      const browser = createCookieBrowser(environment);
      const state = new URL(await browser.pressConnect(await linkOf('alice'))).searchParams.get('state');
      failedWith(await browser.visit(`${SIDECAR}/oauth/mattermost?state=${state}${code}`), 400, /did not confirm/);
    }
    const browser = createCookieBrowser(environment);
    const back = await atMattermost('alice', await browser.pressConnect(await linkOf('alice')));
    const control = (method: string, body?: object) =>
      fetch(`${site.url}/playground/faults`, {
        method,
        ...(body ? { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) } : {}),
      });
    await control('POST', { kind: 'down' });
    failedWith(await browser.visit(back), 502, /Mattermost is not responding/);
    await control('DELETE');
    assert.equal(await environment.connections.count(), 0);
  });
});
