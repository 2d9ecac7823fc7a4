import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { azurePlan, commandLine, filled } from '../../../../sidecar/src/admin/setup/azure.ts';

describe('the app registration', () => {
  const wish = { sidecarUrl: 'https://sidecar.example', tenantFeed: false, forwardsFiles: false, name: 'Teams' };
  const plan = azurePlan(wish);

  test('asks for the delegated permissions and nothing else', () => {
    const names = plan.permissions.map(({ name, type }) => `${name} ${type}`);
    assert.deepEqual(names, ['User.Read Scope', 'Chat.Read Scope', 'Presence.Read Scope', 'offline_access Scope']);
    assert.equal(plan.redirectUrl, 'https://sidecar.example/oauth/callback');
    const forAll = azurePlan({ ...wish, tenantFeed: true });
    assert.deepEqual(
      forAll.permissions.filter(({ type }) => type === 'Role').map(({ name }) => name),
      ['Chat.Read.All', 'Presence.Read.All'],
    );
  });

  test('asks for the files that a user may read only when files are forwarded', () => {
    const { permissions, steps } = azurePlan({ ...wish, forwardsFiles: true });
    const files = permissions.filter(({ name }) => name === 'Files.Read.All');
    assert.deepEqual(files, [{ name: 'Files.Read.All', id: 'df85f4d6-205c-4ac5-a5ea-6bf408dba283', type: 'Scope' }]);
    assert.ok(steps.some(({ words }) => words.join(' ').includes('df85f4d6-205c-4ac5-a5ea-6bf408dba283')));
    assert.ok(!plan.permissions.some(({ name }) => name === 'Files.Read.All'));
  });

  test('is printed as commands quoted for a shell', () => {
    assert.equal(commandLine(['ad', 'x', `it's`]), `az ad x 'it'\\''s'`);
    assert.deepEqual(filled(['--id', '{clientId}', '{secret}'], { clientId: 'a' }), ['--id', 'a', '{secret}']);
  });
});
