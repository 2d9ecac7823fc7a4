import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Control } from './control.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BOT_PICTURE = new URL('../sidecar/src/cli/assets/bot.png', import.meta.url);
const ID_ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

/** What the sidecar needs of Mattermost, made once by an administrator. */
export interface Provisioned {
  botUserId: string;
  botToken: string;
  commandToken: string;
}

/** Creates the bot with its token and the `/msteams` command in every team, all through Mattermost's REST API as an administrator. */
export async function provisionMattermost(admin: Control, publicUrl: string): Promise<Provisioned> {
  const bot = await admin.post<{ user_id: string }>('/api/v4/bots', {
    username: 'msteams',
    display_name: 'Microsoft Teams',
    description: 'Brings Teams chat messages to Mattermost.',
  });
  const { token } = await admin.post<{ token: string }>(`/api/v4/users/${bot.user_id}/tokens`, {
    description: 'sidecar',
  });
  const commandToken = Array.from({ length: 26 }, () => ID_ALPHABET[randomInt(32)]).join('');
  for (const team of await admin.get<Array<{ id: string }>>('/api/v4/teams')) {
    await admin.post('/api/v4/commands', {
      team_id: team.id,
      trigger: 'msteams',
      method: 'P',
      url: `${publicUrl}/mattermost/command`,
      token: commandToken,
      display_name: 'Microsoft Teams',
      description: 'Connect your account to Microsoft Teams',
      auto_complete: true,
      auto_complete_hint: '[connect|disconnect|status|notifications|help]',
      auto_complete_desc: 'Receive Teams chat messages here while you are away from Teams',
    });
  }
  return { botUserId: bot.user_id, botToken: token, commandToken };
}

/** Gives the bot the product's picture, as `msteams-connect setup` does. */
export async function giveBotPicture(options: {
  mattermostUrl: string;
  adminToken: string;
  botUserId: string;
}): Promise<void> {
  const form = new FormData();
  form.set('image', new Blob([readFileSync(BOT_PICTURE)], { type: 'image/png' }), 'icon.png');
  const answer = await fetch(`${options.mattermostUrl}/api/v4/users/${options.botUserId}/image`, {
    method: 'POST',
    headers: { authorization: `Bearer ${options.adminToken}` },
    body: form,
  });
  if (!answer.ok) throw new Error(`The picture of the bot was refused: ${answer.status}`);
}

/** Builds, packs, uploads and enables the real plugin with the same scripts that `make dist` and `make deploy` run. */
export async function deployPlugin(options: {
  mattermostUrl: string;
  adminToken: string;
  publicUrl: string;
}): Promise<void> {
  await run('npm', ['run', '--silent', 'build', '-w', 'webapp'], {});
  await run(process.execPath, ['scripts/pack.ts', 'plugin'], { SIDECAR_URL: options.publicUrl });
  await run(process.execPath, ['scripts/deploy.ts'], {
    MM_SERVICESETTINGS_SITEURL: options.mattermostUrl,
    MM_ADMIN_TOKEN: options.adminToken,
  });
}

function run(command: string, parameters: string[], env: Record<string, string>): Promise<void> {
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
