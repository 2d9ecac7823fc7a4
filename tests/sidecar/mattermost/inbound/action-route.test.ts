import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import type { Caller, Reply } from '../../../../sidecar/src/core/types.ts';
import type { ActionRouteDeps } from '../../../../sidecar/src/mattermost/inbound/action-route.ts';
import { actionRoute } from '../../../../sidecar/src/mattermost/inbound/action-route.ts';
import { createActionSigner } from '../../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { ALICE, BOB, sealerOf, user } from '../../../support/builders.ts';
import { createFakeClock, NOW } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';

let apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps) await app.close();
  apps = [];
});

function start(overrides: Partial<ActionRouteDeps> = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  const signer = createActionSigner(sealerOf('a'), clock);
  const acted: Array<{ caller: Caller; action: string }> = [];
  const app = Fastify();
  apps.push(app);
  actionRoute(app, {
    publicUrl: 'https://sidecar.example',
    user: async (id) => user({ id }),
    act: async (caller, action): Promise<Reply> => {
      acted.push({ caller, action });
      return { text: `did ${action}` };
    },
    explain: (code, locale) => `${code} in ${locale}`,
    signer,
    clock,
    log,
    ...overrides,
  });
  const signed = signer.sign({ userId: ALICE, action: 'notifications_on', expiresAt: NOW + HOUR });
  const click = async (context: object, userId = ALICE) => {
    const payload = { user_id: userId, post_id: 'post1', channel_id: 'channel1', type: 'button', context };
    const response = await app.inject({ method: 'POST', url: '/mattermost/actions', payload });
    assert.equal(response.statusCode, 200);
    return response.json();
  };
  return { app, clock, log, signer, signed, acted, click };
}

test('a click runs the action and its result replaces the post', async () => {
  const { click, signed, acted } = start();
  const expected = {
    update: { message: 'did notifications_on', props: { from_bot: 'true' } },
    skip_slack_parsing: true,
  };
  assert.deepEqual(await click({ action: signed }), expected);
  assert.deepEqual(await click({ action: signed }), expected);
  assert.deepEqual(acted[0], { caller: { userId: ALICE, locale: 'en', timeZone: null }, action: 'notifications_on' });
});

test('new buttons of the result are signed again', async () => {
  const { click, signed, signer } = start({
    act: async () => ({ text: 'On', buttons: [{ label: 'Turn off', style: 'default', action: 'notifications_off' }] }),
  });
  const { update } = await click({ action: signed });
  const [{ actions }] = update.props.attachments;
  assert.equal(signer.verify(ALICE, actions[0].integration.context.action), 'notifications_off');
});

test('what was chosen in a menu follows the signed action, and nothing else can', async () => {
  const { click, signer, acted } = start();
  const action = signer.sign({ userId: ALICE, action: 'mute 19:c1@thread.v2', expiresAt: NOW + HOUR });
  await click({ action, selected_option: 'hour', stays: true });
  assert.equal(acted[0]?.action, 'mute 19:c1@thread.v2 hour');
  assert.equal((await click({ action, selected_option: 'hour more' })).ephemeral_text, 'bad_request in en');
});

test('a post seen by one user only, and a one-time link, are answered beside the post', async () => {
  const { click, signed } = start();
  assert.deepEqual(await click({ action: signed, stays: true }), {
    ephemeral_text: 'did notifications_on',
    skip_slack_parsing: true,
  });
  const other = start({ act: async () => ({ text: '[Connect](https://x)', openUrl: 'https://x' }) });
  assert.equal((await other.click({ action: other.signed })).ephemeral_text, '[Connect](https://x)');
});

test('refuses the click of another user, an altered and an expired one', async () => {
  const { click, clock, signed, acted, log } = start();
  assert.equal((await click({ action: signed }, BOB)).ephemeral_text, 'forbidden in en');
  assert.equal((await click({ action: signed.replace('_on', '_off') })).ephemeral_text, 'forbidden in en');
  assert.equal((await click({})).ephemeral_text, 'bad_request in en');
  clock.advance(HOUR);
  assert.equal((await click({ action: signed })).ephemeral_text, 'link_expired in en');
  assert.deepEqual(acted, []);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields.code),
    ['forbidden', 'forbidden', 'bad_request', 'link_expired'],
  );
});

test('refuses deactivated users', async () => {
  const { click, signed, acted } = start({ user: async () => user({ deactivated: true }) });
  assert.equal((await click({ action: signed })).ephemeral_text, 'forbidden in en');
  assert.deepEqual(acted, []);
});

test('a failed action leaves the post as it is', async () => {
  const { click, signed } = start({
    act: async () => {
      throw new AppError('database_unavailable', 'The database is away.');
    },
    user: async () => user({ locale: 'de' }),
  });
  assert.deepEqual(await click({ action: signed }), {
    ephemeral_text: 'database_unavailable in de',
    skip_slack_parsing: true,
  });
});
