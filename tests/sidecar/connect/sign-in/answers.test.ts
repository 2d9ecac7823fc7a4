import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ALICE, BOB } from '../../../../playground/sample.ts';
import { user } from '../../../support/builders.ts';
import { connectAs, createCookieBrowser, failedWith } from '../../../support/cookie-browser.ts';
import { connectionOfUser, SIDECAR, useSignInEnvironment } from '../../../support/sign-in-environment.ts';

describe('connecting', () => {
  const context = useSignInEnvironment();

  describe('takes over', () => {
    for (const [name, leave] of [
      ['a deactivated user', () => context.environment.users.set('alice', user({ id: 'alice', deactivated: true }))],
      ['a deleted user', () => context.environment.users.delete('alice')],
    ] as const) {
      test(`an account of ${name}`, async () => {
        await connectAs(context.environment, 'alice', ALICE.oid);
        const old = await connectionOfUser(context.environment, 'alice');
        leave();
        assert.equal((await connectAs(context.environment, 'impostor', ALICE.oid)).status, 200);
        assert.deepEqual(context.environment.subscriptions.stopped, [old.id]);
        assert.equal(await context.environment.connections.find(old.id), null);
        assert.notEqual((await connectionOfUser(context.environment, 'impostor')).id, old.id);
      });
    }
  });

  describe('tells', () => {
    test('who declined, and lets them try again', async () => {
      const browser = createCookieBrowser(context.environment);
      await context.network.fault({ kind: 'revoke', oid: ALICE.oid });
      const { url } = await context.environment.flow.startLink('alice');
      const answer = await browser.visit(await browser.signIn(await browser.pressConnect(url), ALICE.oid, 'decline'));
      failedWith(answer, 403, /did not give permission/);
      const retry = /href="([^"]+connect\?link=[^"]+)"/.exec(answer.html)?.[1] ?? '';
      const done = await browser.visit(await browser.signIn(await browser.pressConnect(retry), ALICE.oid));
      assert.equal(done.status, 200, done.html);
    });

    test('that an administrator must approve, with the sentence to forward', async () => {
      const browser = createCookieBrowser(context.environment);
      const state = new URL(
        await browser.pressConnect((await context.environment.flow.startLink('alice')).url),
      ).searchParams.get('state');
      const query = new URLSearchParams({
        error: 'access_denied',
        error_description: 'AADSTS90094: An administrator must grant this application permission.',
        state: state ?? '',
      });
      const answer = await browser.visit(`${SIDECAR}/oauth/callback?${query}`);
      failedWith(answer, 403, /administrator must approve/);
      assert.match(answer.html, /<blockquote>.*33333333-aaaa-4bbb-8ccc-000000000003/);
    });

    test('that Microsoft is away, and the new link works once it is back', async () => {
      const browser = createCookieBrowser(context.environment);
      const back = await browser.signIn(
        await browser.pressConnect((await context.environment.flow.startLink('alice')).url),
        ALICE.oid,
      );
      await context.network.fault({ kind: 'error', operation: 'token', status: 503, times: 1 });
      const answer = await browser.visit(back);
      failedWith(answer, 502, /Microsoft is not responding/);
      const retry = /href="([^"]+connect\?link=[^"]+)"/.exec(answer.html)?.[1] ?? '';
      assert.equal(
        (await browser.visit(await browser.signIn(await browser.pressConnect(retry), ALICE.oid))).status,
        200,
      );
    });

    test('that the app registration is broken, without blaming the user', async () => {
      await context.network.fault({ kind: 'entra_error', error: 'invalid_client', code: 7000215, times: 1 });
      failedWith(await connectAs(context.environment, 'alice', ALICE.oid), 503, /not set up correctly/);
    });

    test('Microsoft again when it asks for more, once', async () => {
      const body = {
        error: 'interaction_required',
        error_codes: [50076],
        suberror: 'basic_action',
        claims: '{"access_token":{"x":1}}',
      };
      await context.network.fault({ kind: 'error', operation: 'token', status: 400, body, times: 2 });
      const browser = createCookieBrowser(context.environment);
      const first = await browser.pressConnect((await context.environment.flow.startLink('alice')).url);
      const again = await browser.visit(await browser.signIn(first, ALICE.oid));
      assert.equal(again.status, 303);
      assert.match(new URL(again.location ?? '').searchParams.get('claims') ?? '', /"x":1/);
      failedWith(await browser.visit(await browser.signIn(again.location ?? '', ALICE.oid)), 400, /did not work/);
    });
  });

  test('no line of the log holds an address, a name, a token or a code', async () => {
    await connectAs(context.environment, 'alice', ALICE.oid);
    await connectAs(context.environment, 'alice', BOB.oid);
    await context.network.fault({ kind: 'id_token', claims: { nonce: 'forged' } });
    await connectAs(context.environment, 'bob', BOB.oid);
    const { id } = await connectionOfUser(context.environment, 'alice');
    const token = await context.environment.tokens.tokenFor(id);
    assert.ok(context.environment.log.lines.length >= 3);
    for (const { message, fields } of context.environment.log.lines) {
      const line = `${message} ${inspect(fields, { depth: 8 })}`;
      assert.doesNotMatch(line, /@example\.com|Alice|Bob|eyJ|1\.code/);
      assert.ok(!line.includes(token));
    }
  });
});
