import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE, BOB, CAROL } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { until } from '../../support/until.ts';

const MAIN = fileURLToPath(new URL('../../../sidecar/src/main.ts', import.meta.url));

describe('disconnecting', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let people: Record<'alice' | 'bob' | 'carol', MattermostUser>;

  const subscriptions = async () =>
    (await environment.microsoft.get<{ value: unknown[] }>('/playground/subscriptions')).value.length;
  const lastWords = async (person: MattermostUser) => (await person.posts()).at(-1)?.message ?? '';
  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((username) => createMattermostUser(environment, username)),
    );
    assert.ok(alice && bob && carol);
    people = { alice, bob, carol };
    for (const [person, account] of [
      [alice, ALICE],
      [bob, BOB],
      [carol, CAROL],
    ] as const)
      await person.connect(account);
    await until(async () => (await subscriptions()) === 3, 'three subscriptions');
  });
  after(() => environment?.close());

  // Not waited for in place: both peers of the command live in this process.
  const remove = async (more: Record<string, string> = {}) => {
    const child = spawn(process.execPath, [MAIN, 'remove', '--all'], {
      env: { PATH: process.env.PATH, ...environment.env, ...more },
    });
    const [stdout, stderr, [status]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    return { stdout, stderr, status };
  };

  test('a user who is deactivated in Mattermost is disconnected at once, with the subscription at Microsoft', async () => {
    await environment.mattermost.patch('/playground/users/bob', { delete_at: Date.now() });
    await until(async () => (await subscriptions()) === 2, 'the subscription of bob ended');
    await until(async () => /getrennt/.test(await lastWords(people.bob)), 'bob was told');
  });

  test('a user who was deactivated while the sidecar was stopped is disconnected at the next start', async () => {
    assert.equal(await sidecar.stop(), 0);
    await environment.mattermost.patch('/playground/users/carol', { delete_at: Date.now() });
    sidecar = await environment.startSidecar();
    await until(async () => (await subscriptions()) === 1, 'the subscription of carol ended');
  });

  test('remove --all disconnects all users, shows its progress, and may be run again', async () => {
    const busy = await remove();
    assert.equal(busy.status, 1);
    assert.match(busy.stderr, /in use|already/i);

    assert.equal(await sidecar.stop(), 0);
    const first = await remove();
    assert.equal(first.status, 0, first.stdout + first.stderr);
    assert.match(first.stdout, /Disconnecting 1 connected users?\./);
    assert.match(first.stdout, /1 of 1 disconnected\./);
    assert.equal(await subscriptions(), 0);
    assert.match(await lastWords(people.alice), /You are disconnected/);

    const second = await remove();
    assert.equal(second.status, 0, second.stdout + second.stderr);
    assert.match(second.stdout, /Nobody is connected\./);
  });

  test('the subscription of the organization ends with it', async () => {
    sidecar = await environment.startSidecar({ env: { FEED: 'tenant' } });
    await people.alice.connect(ALICE);
    await until(async () => (await subscriptions()) === 1, 'the subscription of the organization');
    assert.equal(await sidecar.stop(), 0);
    const { status, stdout, stderr } = await remove({ FEED: 'tenant' });
    assert.equal(status, 0, stdout + stderr);
    assert.equal(await subscriptions(), 0);
  });
});
