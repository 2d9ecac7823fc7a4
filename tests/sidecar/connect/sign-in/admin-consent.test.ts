import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { ALICE, CONTOSO, FABRIKAM, MALLORY } from '../../../../playground/sample.ts';
import { user } from '../../../support/builders.ts';
import { connectAs, createCookieBrowser, failedWith } from '../../../support/cookie-browser.ts';
import type { Network, SignInEnvironment } from '../../../support/sign-in-environment.ts';
import {
  connectionOfUser,
  SIDECAR,
  startNetwork,
  startSignInEnvironment,
} from '../../../support/sign-in-environment.ts';

describe('several organizations', () => {
  let network: Network;
  let environment: SignInEnvironment;

  before(async () => {
    network = await startNetwork({ multiTenant: true });
  });
  beforeEach(async () => {
    environment = await startSignInEnvironment(network, {}, { allowedTenants: [CONTOSO, FABRIKAM] });
  });
  afterEach(async () => {
    await network.control('DELETE', '/faults');
    await environment.close();
  });
  after(() => network.close());

  /** Signs in as an administrator, and grants or declines on Microsoft's page; the address that Microsoft sends the browser to. */
  async function atConsent(
    browser: ReturnType<typeof createCookieBrowser>,
    oid: string,
    decision = 'accept',
  ): Promise<string> {
    const begun = await browser.visit(`${SIDECAR}/admin/consent`, { method: 'POST', form: { start: 'admin' } });
    const asked = await browser.visit(await browser.signIn(begun.location ?? '', oid));
    assert.equal(asked.status, 303, asked.html);
    const page = await browser.visit(asked.location ?? '');
    const flow = /name="flow" value="([^"]+)"/.exec(page.html)?.[1] ?? '';
    const tenant = new URL(asked.location ?? '').pathname.split('/')[1];
    const form = { flow, decision };
    return (await browser.visit(`${network.url}/${tenant}/adminconsent`, { method: 'POST', form })).location ?? '';
  }

  test('people of each allowed organization connect, each known by tenant and object id, and stay signed in', async () => {
    environment.users.set('mallory', user({ id: 'mallory', email: MALLORY.mail }));
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 200);
    assert.equal((await connectAs(environment, 'mallory', MALLORY.oid)).status, 200);
    const { id, tid } = await connectionOfUser(environment, 'mallory');
    assert.equal(tid, FABRIKAM);
    environment.refused.add(await environment.tokens.tokenFor(id));
    assert.equal((await environment.deps.me(await environment.tokens.tokenFor(id))).oid, MALLORY.oid);
  });

  test('an organization outside of the list is refused, also by way of the shared sign-in', async () => {
    await environment.close();
    environment = await startSignInEnvironment(
      network,
      {},
      { allowedTenants: [CONTOSO, '44444444-aaaa-4bbb-8ccc-000000000004'] },
    );
    environment.users.set('mallory', user({ id: 'mallory', email: MALLORY.mail }));
    failedWith(await connectAs(environment, 'mallory', MALLORY.oid), 403, /another organization/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('a guest counts as a member of the tenant that manages the account', async () => {
    await environment.close();
    environment = await startSignInEnvironment(
      network,
      {},
      { allowedTenants: [CONTOSO, '44444444-aaaa-4bbb-8ccc-000000000004'] },
    );
    environment.users.set('mallory', user({ id: 'mallory', email: MALLORY.mail }));
    // As the id token of a guest reads: the organization visited, while the account's home is elsewhere.
    await network.fault({ kind: 'id_token', claims: { tid: CONTOSO, iss: `${network.url}/${CONTOSO}/v2.0` } });
    failedWith(await connectAs(environment, 'mallory', MALLORY.oid), 403, /another organization/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('an id token of one allowed organization with the issuer of the other is refused (mix-up)', async () => {
    await network.fault({ kind: 'id_token', claims: { iss: `${network.url}/${FABRIKAM}/v2.0` } });
    failedWith(await connectAs(environment, 'alice', ALICE.oid), 400, /did not work/);
    await network.fault({ kind: 'id_token', claims: { tid: FABRIKAM } });
    failedWith(await connectAs(environment, 'alice', ALICE.oid), 400, /did not work/);
    assert.equal(await environment.connections.count(), 0);
  });

  test('an address claimed in another allowed tenant does not take a connection over (nOAuth)', async () => {
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 200);
    const spoof = { name: 'Spoof', mail: ALICE.mail, upn: 'spoof@fabrikam.example', tid: FABRIKAM };
    const { oid } = (await network.control('POST', '/people', spoof)) as { oid: string };
    const answer = await connectAs(environment, 'alice', oid);
    failedWith(answer, 409, /to another account/);
    assert.equal((await connectionOfUser(environment, 'alice')).oid, ALICE.oid);
  });

  test('consent is granted on one page after the other, confirmed with a token, and recorded with who granted it', async () => {
    const browser = createCookieBrowser(environment);
    assert.match((await browser.visit(`${SIDECAR}/admin/consent`)).html, /Sign in as administrator/);
    const done = await browser.visit(await atConsent(browser, MALLORY.oid));
    assert.equal(done.status, 200, done.html);
    assert.match(done.html, /Mallory Fox/);
    const [grant, ...others] = await environment.tenantConsents.list();
    assert.deepEqual(others, []);
    assert.deepEqual([grant?.tid, grant?.grantedBy, grant?.grantedByName], [FABRIKAM, MALLORY.oid, MALLORY.name]);
  });

  test('consent that was declined, for another organization, in another browser, or twice records nothing', async () => {
    const declined = createCookieBrowser(environment);
    failedWith(await declined.visit(await atConsent(declined, ALICE.oid, 'decline')), 403, /did not give permission/);

    const forged = createCookieBrowser(environment);
    const back = new URL(await atConsent(forged, ALICE.oid));
    back.searchParams.set('tenant', FABRIKAM);
    failedWith(await forged.visit(back.href), 400, /did not work/);

    const [granting, other] = [createCookieBrowser(environment), createCookieBrowser(environment)];
    const returned = await atConsent(granting, ALICE.oid);
    failedWith(await other.visit(returned), 400, /one browser/);
    failedWith(await granting.visit(returned), 410, /no longer valid/);
    assert.deepEqual(await environment.tenantConsents.list(), []);
  });

  test('consent that Microsoft does not confirm is not recorded, and raises no alarm', async () => {
    const browser = createCookieBrowser(environment);
    const back = await atConsent(browser, MALLORY.oid);
    await network.fault({
      kind: 'entra_error',
      grant: 'client_credentials',
      error: 'unauthorized_client',
      code: 700016,
    });
    failedWith(await browser.visit(back), 403, /does not confirm/);
    assert.deepEqual(await environment.tenantConsents.list(), []);
    await network.control('DELETE', '/faults');
    assert.equal((await connectAs(environment, 'alice', ALICE.oid)).status, 200, 'other users do not wait');
  });

  test('the administrator of an organization outside of the list is refused before the consent page', async () => {
    await environment.close();
    environment = await startSignInEnvironment(
      network,
      {},
      { allowedTenants: [CONTOSO, '44444444-aaaa-4bbb-8ccc-000000000004'] },
    );
    const browser = createCookieBrowser(environment);
    const begun = await browser.visit(`${SIDECAR}/admin/consent`, { method: 'POST', form: { start: 'admin' } });
    failedWith(
      await browser.visit(await browser.signIn(begun.location ?? '', MALLORY.oid)),
      403,
      /another organization/,
    );
  });
});
