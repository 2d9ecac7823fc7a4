import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE, ANN, BOB, CHAT_ALICE_ANN, FABRIKAM } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';

interface Body {
  value: Array<Record<string, unknown> & { encryptedContent: Record<string, string> }>;
  validationTokens: string[];
}

describe('forged notifications at the front door', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: MattermostUser;
  let bob: MattermostUser;
  let genuine: Body;
  let others: string;

  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    alice = await createMattermostUser(environment, 'alice');
    bob = await createMattermostUser(environment, 'bob');
    for (const [person, account] of [
      [alice, ALICE],
      [bob, BOB],
    ] as const) {
      await person.connect(account);
      await person.command('/msteams notifications on');
    }
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, '<p>the only message</p>');
    await settled(environment, sidecar.url);
    genuine = (await environment.microsoft.get<{ body: Body }>('/playground/last-notification')).body;
    const { value } = await environment.microsoft.get<{ value: Array<{ id: string }> }>('/playground/subscriptions');
    others = value.find(({ id }) => id !== genuine.value[0]?.subscriptionId)?.id ?? '';
  });
  after(() => environment?.close());

  const arrived = async (person: MattermostUser) =>
    (await person.posts()).filter(({ message }) => message.includes('the only message')).length;

  /** How often the sidecar counted this outcome. */
  async function counted(outcome: string, reason: string): Promise<number> {
    const text = await (await fetch(`${sidecar.url}/metrics`)).text();
    const line = text.split('\n').find((one) => one.includes(`outcome="${outcome}",reason="${reason}"`));
    return Number(line?.split(' ').at(-1) ?? 0);
  }

  async function forge(change: (body: Body) => void): Promise<void> {
    const body = structuredClone(genuine);
    change(body);
    const answer = await fetch(`${sidecar.url}/graph/notifications`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 202);
  }
  const change = (fields: Record<string, unknown>) => (body: Body) => {
    Object.assign(body.value[0] ?? assert.fail(), fields);
  };

  const withTokens = (tokens: string[]) => (body: Body) => {
    body.validationTokens = tokens;
  };

  test('the genuine one arrived, once, at whom it was meant for', async () => {
    assert.deepEqual([await arrived(alice), await arrived(bob)], [1, 0]);
  });

  test('sent again it is taken, and delivered to nobody a second time', async () => {
    const before = await counted('stored', 'ok');
    await forge(() => {});
    assert.equal(await counted('stored', 'ok'), before + 1);
    await settled(environment, sidecar.url);
    assert.equal(await arrived(alice), 1);
  });

  for (const [name, reason, fields] of [
    [
      'a subscription that nobody has',
      'unknown_subscription',
      { subscriptionId: 'e990d58f-fd93-40af-acf7-a7c907c5d8ea' },
    ],
    ['a guessed clientState', 'client_state', { clientState: 'guessed' }],
    ['another organization', 'tenant', { tenantId: FABRIKAM }],
  ] as const) {
    test(`with ${name} it is counted and discarded`, async () => {
      await forge(change(fields));
      assert.equal(await counted('discarded', reason), 1);
    });
  }

  test('under the subscription of somebody else it is discarded: it does not know that clientState', async () => {
    const before = await counted('discarded', 'client_state');
    await forge(change({ subscriptionId: others }));
    assert.equal(await counted('discarded', 'client_state'), before + 1);
    assert.equal(await arrived(bob), 0);
  });

  test('with tokens of another caller, for another audience, or none, its content is not believed', async () => {
    const claims = JSON.parse(
      Buffer.from(genuine.validationTokens[0]?.split('.')[1] ?? '', 'base64url').toString(),
    ) as Record<string, unknown>;
    const sign = async (changed: object, key = 'real') =>
      (
        await environment.microsoft.post<{ token: string }>('/playground/sign', {
          claims: { ...claims, ...changed },
          key,
        })
      ).token;
    const forged = [
      await sign({ azp: '99999999-aaaa-4bbb-8ccc-000000000009', appid: '99999999-aaaa-4bbb-8ccc-000000000009' }),
      await sign({ aud: '99999999-aaaa-4bbb-8ccc-000000000009' }),
      await sign({ exp: 1 }),
      await sign({}, 'wrong'),
    ];
    const stored = await counted('stored', 'ok');
    for (const token of forged) await forge(withTokens([token]));
    assert.equal(await counted('discarded', 'validation_token'), forged.length);
    await forge(withTokens([]));
    assert.equal(await counted('discarded', 'no_validation_token'), 1);
    await forge(withTokens(genuine.validationTokens));
    assert.equal(await counted('stored', 'ok'), stored + 1, 'the control: with its own token it is taken');
  });

  test('with changed data or a changed signature it does not open, and nothing is posted', async () => {
    const content = genuine.value[0]?.encryptedContent ?? assert.fail();
    const flipped = (text = '') => Buffer.from(text, 'base64').map((byte, at) => (at === 20 ? byte ^ 1 : byte));
    for (const field of ['data', 'dataSignature'] as const) {
      const spoilt = Buffer.from(flipped(content[field])).toString('base64');
      await forge(change({ encryptedContent: { ...content, [field]: spoilt } }));
    }
    for (const deadline = Date.now() + 60_000; (await deadLetters()) < 2; await sleep(50)) {
      assert.ok(Date.now() < deadline, `two of them are given up\n${sidecar.output()}`);
    }
    assert.deepEqual([await arrived(alice), await arrived(bob)], [1, 0]);
  });

  async function deadLetters(): Promise<number> {
    const text = await (await fetch(`${sidecar.url}/metrics`)).text();
    return Number(/^msteams_connect_deliveries_total\{outcome="dead"\} (\d+)$/m.exec(text)?.[1] ?? 0);
  }
});
