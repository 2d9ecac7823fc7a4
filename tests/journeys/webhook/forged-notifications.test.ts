import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import {
  ALICE,
  ANN,
  BOB,
  CHAT_ALICE_ANN,
  CLIENT_ID,
  CLIENT_SECRET,
  CONTOSO,
  FABRIKAM,
} from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

/** The application that publishes change notifications at Microsoft. */
const PUBLISHER = '0bf30f3b-4a52-48df-9a82-234910c4a086';
const ELSEWHERE = '99999999-aaaa-4bbb-8ccc-000000000009';
const TEXT = 'The words nobody but Alice may read';

interface Notification {
  value: Array<Record<string, unknown> & { encryptedContent: Record<string, string> }>;
  validationTokens: string[] | null;
}

describe('forged and repeated notifications', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;
  let bob: ConnectedUser;
  /** A genuine notification, acknowledged and delivered: what a thief would work with. */
  let genuine: Notification;

  before(async () => {
    environment = await openEnvironment({ env: { LOG_LEVEL: 'debug' } });
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE });
    bob = await connectUser(environment, { username: 'bob', as: BOB });
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, TEXT);
    await settled(environment, sidecar.url);
    const { body } = await environment.microsoft.get<{ body: Notification }>('/playground/last-notification');
    genuine = body;
  });
  after(() => environment?.close());

  let posts: object[];
  beforeEach(async () => {
    posts = await alice.posts();
  });

  const target = () => `${environment.publicUrl}/graph/notifications`;
  const send = (body: unknown) =>
    environment.microsoft.post<{ status: number; body: string }>('/playground/notify', { to: target(), body });
  const received = (labels: Record<string, string>) => readMetric(sidecar.url, 'notifications_total', labels);

  /** The genuine notification with another message id, so that it would be a new message, changed in some other way as well. */
  function forge(change: (forged: Notification) => void): Notification {
    const forged = structuredClone(genuine);
    const [item] = forged.value;
    const resource = String(item?.resource).replace(/\d{10,}/, '1700000000000');
    Object.assign(item ?? {}, { resource, resourceData: { id: '1700000000000', '@odata.id': resource } });
    change(forged);
    return forged;
  }

  async function assertUntouched(): Promise<void> {
    await settled(environment, sidecar.url);
    assert.deepEqual(await alice.posts(), posts);
    assert.deepEqual(await bob.delivered(), []);
    assert.ok((await fetch(`${sidecar.url}/readyz`)).ok);
  }

  /** Answered like any other notification, so that a sender learns nothing, counted under its reason, and without effect. */
  async function assertDiscarded(body: unknown, reason: string): Promise<void> {
    const before = await received({ outcome: 'discarded', reason });
    assert.deepEqual(await send(body), { status: 202, body: '' });
    assert.equal(await received({ outcome: 'discarded', reason }), before + 1);
    await assertUntouched();
  }

  const claims = (more: object = {}) => ({
    aud: CLIENT_ID,
    iss: `${environment.microsoftUrl}/${CONTOSO}/v2.0`,
    tid: CONTOSO,
    azp: PUBLISHER,
    ver: '2.0',
    iat: seconds(-60),
    nbf: seconds(-60),
    exp: seconds(3_600),
    ...more,
  });
  async function sign(more: object = {}, key: 'real' | 'wrong' = 'real'): Promise<string> {
    const { token } = await environment.microsoft.post<{ token: string }>('/playground/sign', {
      claims: claims(more),
      key,
    });
    return token;
  }
  const withTokens = (tokens: string[] | null) =>
    forge((forged) => Object.assign(forged, { validationTokens: tokens }));

  /** Accepted and stored, but its content is not authentic: moved to the dead letters with this part named. */
  async function assertGivenUp(body: unknown, part: string): Promise<void> {
    const givenUp = () => readMetric(sidecar.url, 'deliveries_total', { outcome: 'dead' });
    const told = () => sidecar.output().split('A notification was given up');
    const [before, toldBefore] = [await givenUp(), told().length];
    assert.deepEqual(await send(body), { status: 202, body: '' });
    await until(async () => (await givenUp()) === before + 1, 'it is given up');
    await until(async () => told().length === toldBefore + 1, 'the log says so');
    assert.match(told().at(-2) ?? '', new RegExp(`"part":"${part}"[^{}]*$`));
    await assertUntouched();
  }

  test('a valid token is accepted, but not for a message under the address of another', async () =>
    assertGivenUp(withTokens([await sign()]), 'another_message'));

  const items: Record<string, [change: object, reason: string]> = {
    'a wrong clientState': [{ clientState: 'guessed' }, 'client_state'],
    'no clientState': [{ clientState: null }, 'client_state'],
    'an unknown subscription': [{ subscriptionId: randomUUID() }, 'unknown_subscription'],
    'another tenant': [{ tenantId: FABRIKAM }, 'tenant'],
    'an address that is no message': [{ resource: 'users/x/presence', resourceData: {} }, 'resource'],
    'no subscription at all': [{ subscriptionId: undefined }, 'malformed'],
  };
  for (const [what, [change, reason]] of Object.entries(items)) {
    test(`${what} is discarded`, () =>
      assertDiscarded(
        forge(({ value }) => void Object.assign(value[0] ?? {}, change)),
        reason,
      ));
  }

  test('a notification under another user’s subscription is discarded: the clientState does not match', async () => {
    const { value } = await environment.microsoft.get<{ value: Array<{ id: string; resource: string }> }>(
      '/playground/subscriptions',
    );
    const ofBob = value.find(({ resource }) => resource.includes(BOB.oid))?.id;
    await assertDiscarded(
      forge(({ value: [item] }) => void Object.assign(item ?? {}, { subscriptionId: ofBob })),
      'client_state',
    );
  });

  const tokens: Record<string, [claims: object, key?: 'wrong']> = {
    'another caller': [{ azp: ELSEWHERE }],
    'another caller, version 1': [{ azp: undefined, appid: ELSEWHERE, ver: '1.0' }],
    'another audience': [{ aud: ELSEWHERE }],
    'another issuer': [{ iss: 'https://example.com/' }],
    'another tenant': [{ tid: FABRIKAM, iss: `https://example.com/${FABRIKAM}/v2.0` }],
    'an end in the past': [{ exp: seconds(-3_600) }],
    'a signature of somebody else': [{}, 'wrong'],
  };
  for (const [what, [change, key]] of Object.entries(tokens)) {
    test(`a validation token with ${what} is refused`, async () =>
      assertDiscarded(withTokens([await sign(change, key)]), 'validation_token'));
  }

  test('one invalid token beside a valid one is enough', async () =>
    assertDiscarded(withTokens([await sign(), await sign({ azp: ELSEWHERE })]), 'validation_token'));

  test('a malformed token is refused', () => assertDiscarded(withTokens(['no.token.this']), 'validation_token'));

  for (const none of [null, []]) {
    test(`content with ${none === null ? 'null' : 'no'} validation tokens is discarded, and the log tells the administrator why`, async () => {
      await assertDiscarded(withTokens(none), 'no_validation_token');
      await until(async () => /Assignment required\?/.test(sidecar.output()), 'the log says why');
    });
  }

  const parts: Record<string, [member: string, part: string]> = {
    'changed data': ['data', 'signature'],
    'a changed signature': ['dataSignature', 'signature'],
    'a changed key': ['dataKey', 'key'],
    'the name of a certificate nobody has': ['encryptionCertificateId', 'certificate'],
  };
  for (const [what, [member, part]] of Object.entries(parts)) {
    test(`a message with ${what} is given up`, () => {
      const forged = structuredClone(genuine);
      const content = forged.value[0]?.encryptedContent ?? {};
      content[member] = tamper(content[member] ?? '');
      return assertGivenUp(forged, part);
    });
  }

  test('a message that was tampered with is read from Microsoft after a missed-notifications event', async () => {
    await environment.microsoft.post('/playground/faults', { kind: 'tampered_data', times: 1 });
    const message = await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, TEXT);
    await settled(environment, sidecar.url);
    const { value } = await environment.microsoft.get<{ value: Array<{ id: string }> }>('/playground/subscriptions');
    await environment.microsoft.post('/playground/lifecycle', { subscriptionId: value[0]?.id, event: 'missed' });
    await until(async () => idsOf(await alice.delivered()).includes(message.id), 'it is there');
  });

  test('an acknowledged notification that is sent again has no effect', async () => {
    for (const _ of [1, 2]) {
      const before = await received({ outcome: 'stored', reason: 'ok' });
      assert.equal((await send(genuine)).status, 202);
      assert.equal(await received({ outcome: 'stored', reason: 'ok' }), before + 1);
      await assertUntouched();
    }
  });

  test('of valid and invalid notifications in one batch the valid ones are stored', async () => {
    const before = await received({ outcome: 'discarded' });
    const [good] = genuine.value;
    const batch = { ...genuine, value: [{ ...good, clientState: 'guessed' }, 'nonsense', good] };
    assert.equal((await send(batch)).status, 202);
    assert.equal(await received({ outcome: 'discarded' }), before + 2);
    await assertUntouched();
  });

  test('the log contains no secret, no token, no text and no address', () => {
    const output = sidecar.output();
    assert.match(output, /Notifications were discarded/);
    const told = [
      ...[CLIENT_SECRET, environment.env.MATTERMOST_BOT_TOKEN, environment.env.MATTERMOST_COMMAND_TOKEN],
      ...[TEXT, ALICE.mail, ANN.mail, String(genuine.value[0]?.clientState), genuine.value[0]?.encryptedContent.data],
      ...(genuine.validationTokens ?? []).flatMap((token) => [token, token.split('.')[1]]),
    ].filter((secret) => secret === undefined || secret.length < 8 || output.includes(secret));
    assert.deepEqual(told, []);
    // Every signed token, of any issuer.
    assert.doesNotMatch(output, /eyJ[\w-]{10,}\.eyJ/);
  });
});

function seconds(fromNow: number): number {
  return Math.floor(Date.now() / 1_000) + fromNow;
}

/** The same text with one bit of its bytes changed. */
function tamper(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}
