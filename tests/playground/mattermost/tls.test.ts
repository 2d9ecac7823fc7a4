import assert from 'node:assert/strict';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import { generate } from 'selfsigned';
import { startMattermostEmulator } from '../../support/mattermost-emulator.ts';

const SETTINGS = { AllowedUntrustedInternalConnections: 'localhost', EnableDeveloper: true };
let certificate: { cert: string; private: string };
let server: ReturnType<typeof createServer>;
let url: string;

before(async () => {
  certificate = await generate([{ name: 'commonName', value: 'localhost' }], {
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  server = createServer({ key: certificate.private, cert: certificate.cert }, (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"text":"","props":{"ok":true}}');
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}/mattermost/command`;
});
after(() => {
  server.close();
  server.closeAllConnections();
});

/** Runs a command whose url is behind the private authority. */
async function run(options: Parameters<typeof startMattermostEmulator>[0]) {
  const emulator = await startMattermostEmulator(options);
  try {
    const [team] = (await emulator.admin('GET teams')).list;
    await emulator.admin('POST commands', { team_id: team?.id, trigger: 'msteams', method: 'P', url });
    const channel = (await emulator.admin(`GET teams/${team?.id}/channels/name/town-square`)).json;
    return await emulator.admin('POST commands/execute', {
      command: '/msteams',
      channel_id: channel.id,
      team_id: team?.id,
    });
  } finally {
    await emulator.close();
  }
}

test('an integration behind a private authority is reached only when that authority is trusted', async () => {
  const refused = await run({ config: { ServiceSettings: SETTINGS } });
  assert.equal(refused.json.id, 'api.command.execute_command.failed.app_error');
  assert.match(String(refused.json.detailed_error), /self-signed/);
  const trusted = await run({ config: { ServiceSettings: SETTINGS }, extraCa: certificate.cert });
  assert.deepEqual([trusted.status, trusted.json.props], [200, { ok: true }]);
});
