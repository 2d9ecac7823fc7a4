import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setupSteps } from '../sidecar/src/admin/setup/setup.ts';
import { NULL_METRICS } from '../sidecar/src/cli/null-log.ts';
import { systemClock } from '../sidecar/src/core/time.ts';
import { createAdministration } from '../sidecar/src/mattermost/admin/administration.ts';
import { PLUGIN } from '../sidecar/src/version.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BOT_PICTURE = new URL('../sidecar/src/cli/assets/bot.png', import.meta.url);
const ID_ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** Where Mattermost is, a token of its administrator, and the public address of the sidecar. */
export interface Installation {
  mattermostUrl: string;
  adminToken: string;
  publicUrl: string;
}

/** Settings of the sidecar that `msteams-connect setup` makes: Mattermost's addresses, and the tokens of the bot and the command. */
export async function provisionMattermost(installation: Installation): Promise<Record<string, string>> {
  const { mattermostUrl: url, adminToken: token, publicUrl: sidecarUrl } = installation;
  const mattermost = createAdministration({ url, token, clock: systemClock, metrics: NULL_METRICS });
  const made: Record<string, string> = {};
  const deps = {
    mattermost,
    ownerOf: async () => null,
    bundle: null,
    pluginId: PLUGIN.id,
    picture: readFileSync(BOT_PICTURE),
    newToken: () => Array.from({ length: 26 }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join(''),
    isInternal: async () => false,
    settings: {
      path: 'memory',
      read: () => made,
      write: (values: Record<string, string | null>) => {
        for (const [name, value] of Object.entries(values)) if (value !== null) made[name] = value;
      },
    },
  };
  const options = { url, sidecarUrl, botName: 'msteams', accountMatch: null, teamAdmin: false, dryRun: false };
  for (const { run } of setupSteps(deps, options)) await run(() => {});
  await mattermost.close();
  return made;
}

/** Builds, packs, uploads and enables the real plugin with the same scripts that `make dist` and `make deploy` run. */
export async function deployPlugin(installation: Installation): Promise<void> {
  await execute('npm', ['run', '--silent', 'build', '-w', 'webapp'], {});
  await execute(process.execPath, ['scripts/pack.ts', 'plugin'], { SIDECAR_URL: installation.publicUrl });
  await execute(process.execPath, ['scripts/deploy.ts'], {
    MM_SERVICESETTINGS_SITEURL: installation.mattermostUrl,
    MM_ADMIN_TOKEN: installation.adminToken,
  });
}

function execute(command: string, parameters: string[], env: Record<string, string>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, parameters, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${command} ${parameters.join(' ')} failed:\n${output}`)),
    );
  });
}
