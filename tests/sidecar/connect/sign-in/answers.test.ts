import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import { ALICE, BOB } from '../../../../playground/sample.ts';
import { connectAs, failedWith, openBrowser } from '../../../support/cookie-browser.ts';
import { connectionOf, SIDECAR, useStage } from '../../../support/sign-in-environment.ts';
import { aUser } from '../fixtures.ts';

describe('connecting', () => {
  const scene = useStage();

  describe('takes over', () => {
    for (const [name, leave] of [
      ['a deactivated user', () => scene.stage.users.set('alice', aUser({ id: 'alice', deactivated: true }))],
      ['a deleted user', () => scene.stage.users.delete('alice')],
    ] as const) {
      test(`an account of ${name}`, async () => {
        await connectAs(scene.stage, 'alice', ALICE.oid);
        const old = await connectionOf(scene.stage, 'alice');
        leave();
        assert.equal((await connectAs(scene.stage, 'impostor', ALICE.oid)).status, 200);
        assert.deepEqual(scene.stage.feed.stopped, [old.id]);
        assert.equal(await scene.stage.connections.find(old.id), null);
        assert.notEqual((await connectionOf(scene.stage, 'impostor')).id, old.id);
      });
    }
  });

  describe('tells', () => {
    test('who declined, and lets them try again', async () => {
      const browser = openBrowser(scene.stage);
      await scene.network.fault({ kind: 'revoke', oid: ALICE.oid });
      const { url } = await scene.stage.flow.startLink('alice');
      const answer = await browser.visit(await browser.signIn(await browser.depart(url), ALICE.oid, 'decline'));
      failedWith(answer, 403, /did not give permission/);
      const retry = /href="([^"]+connect\?link=[^"]+)"/.exec(answer.html)?.[1] ?? '';
      const done = await browser.visit(await browser.signIn(await browser.depart(retry), ALICE.oid));
      assert.equal(done.status, 200, done.html);
    });

    test('that an administrator must approve, with the sentence to forward', async () => {
      const browser = openBrowser(scene.stage);
      const state = new URL(await browser.depart((await scene.stage.flow.startLink('alice')).url)).searchParams.get(
        'state',
      );
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
      const browser = openBrowser(scene.stage);
      const back = await browser.signIn(
        await browser.depart((await scene.stage.flow.startLink('alice')).url),
        ALICE.oid,
      );
      await scene.network.fault({ kind: 'error', operation: 'token', status: 503, times: 1 });
      const answer = await browser.visit(back);
      failedWith(answer, 502, /Microsoft does not answer/);
      const retry = /href="([^"]+connect\?link=[^"]+)"/.exec(answer.html)?.[1] ?? '';
      assert.equal((await browser.visit(await browser.signIn(await browser.depart(retry), ALICE.oid))).status, 200);
    });

    test('that the app registration is broken, without blaming the user', async () => {
      await scene.network.fault({ kind: 'entra_error', error: 'invalid_client', code: 7000215, times: 1 });
      failedWith(await connectAs(scene.stage, 'alice', ALICE.oid), 503, /not set up correctly/);
    });

    test('Microsoft again when it asks for more, once', async () => {
      const body = {
        error: 'interaction_required',
        error_codes: [50076],
        suberror: 'basic_action',
        claims: '{"access_token":{"x":1}}',
      };
      await scene.network.fault({ kind: 'error', operation: 'token', status: 400, body, times: 2 });
      const browser = openBrowser(scene.stage);
      const first = await browser.depart((await scene.stage.flow.startLink('alice')).url);
      const again = await browser.visit(await browser.signIn(first, ALICE.oid));
      assert.equal(again.status, 303);
      assert.match(new URL(again.location ?? '').searchParams.get('claims') ?? '', /"x":1/);
      failedWith(await browser.visit(await browser.signIn(again.location ?? '', ALICE.oid)), 400, /did not work/);
    });
  });

  test('no line of the log holds an address, a name, a token or a code', async () => {
    await connectAs(scene.stage, 'alice', ALICE.oid);
    await connectAs(scene.stage, 'alice', BOB.oid);
    await scene.network.fault({ kind: 'id_token', claims: { nonce: 'forged' } });
    await connectAs(scene.stage, 'bob', BOB.oid);
    const { id } = await connectionOf(scene.stage, 'alice');
    const token = await scene.stage.tokens.tokenFor(id);
    assert.ok(scene.stage.log.lines.length >= 3);
    for (const { message, fields } of scene.stage.log.lines) {
      const line = `${message} ${inspect(fields, { depth: 8 })}`;
      assert.doesNotMatch(line, /@example\.com|Alice|Bob|eyJ|1\.code/);
      assert.ok(!line.includes(token));
    }
  });
});
