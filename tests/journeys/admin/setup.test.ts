import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE, ANN, CHAT_ALICE_ANN, CLIENT_ID, CLIENT_SECRET, CONTOSO } from '../../../playground/sample.ts';
import type { FreshInstall } from '../../support/fresh-install.ts';
import { openFreshInstall } from '../../support/fresh-install.ts';
import { until } from '../../support/until.ts';

interface Found {
  id: string;
  state: string;
  detail: string;
  remedy: string | null;
}

describe('from an empty Mattermost to the first notification', () => {
  let here: FreshInstall;
  let alice: MattermostUser;
  /** What somebody must do on the way; the computers' share of the time is printed beside it. */
  const steps: string[] = [];
  let begun = 0;

  before(async () => {
    here = await openFreshInstall();
    begun = performance.now();
  });
  after(() => here?.[Symbol.asyncDispose]());

  const setup = (...words: string[]) =>
    here.run([
      'setup',
      ...['--url', here.mattermostUrl, '--token', here.adminToken, '--sidecar-url', here.publicUrl],
      ...words,
    ]);
  const doctor = async (env: Record<string, string> = {}): Promise<Map<string, Found>> => {
    const { text } = await here.run(['doctor', '--json', '--token', here.adminToken], env);
    const { checks } = JSON.parse(text) as { checks: Found[] };
    return new Map(checks.map((check) => [check.id, check]));
  };
  const commands = async () => {
    const teams = await here.mattermost.get<Array<{ id: string }>>('/api/v4/teams');
    const lists = teams.map(({ id }) =>
      here.mattermost.get<Array<{ id: string; token: string; url: string }>>(
        `/api/v4/commands?team_id=${id}&custom_only=true`,
      ),
    );
    return (await Promise.all(lists)).flat();
  };

  test('on a server with default settings it names the steps for the administrator', async () => {
    const { code, text } = await setup();
    assert.equal(code, 1);
    assert.match(
      text,
      /! bot accounts may not be created.*\n.*Integrations → Bot Accounts → Enable Bot Account Creation/,
    );
    assert.match(text, /! plugins may not be uploaded.*\n.*PluginSettings\.EnableUploads true/);
    assert.match(text, /! localhost has an internal address.*\n.*Allow untrusted internal connections/);
  });

  test('an account without the rights is refused', async () => {
    await here.mattermost.put('/playground/config', {
      ServiceSettings: { EnableBotAccountCreation: true, AllowedUntrustedInternalConnections: 'localhost 127.0.0.1' },
      PluginSettings: {
        EnableUploads: true,
        Plugins: { other: { secret: 'kept' } },
        PluginStates: { other: { Enable: true } },
      },
    });
    const { code, text } = await here.run(
      ['setup', '--url', here.mattermostUrl, '--login', 'alice', '--sidecar-url', here.publicUrl],
      { MM_ADMIN_PASSWORD: 'Password1!' },
    );
    assert.equal(code, 1);
    assert.match(text, /@alice, who is not a system administrator/);
  });

  test('--login signs in with a password, which is asked for at a terminal only', async () => {
    const words = [
      'setup',
      '--url',
      here.mattermostUrl,
      '--login',
      'admin',
      '--sidecar-url',
      here.publicUrl,
      '--dry-run',
    ];
    const wrong = await here.run(words, { MM_ADMIN_PASSWORD: 'wrong' });
    assert.equal(wrong.code, 1);
    assert.doesNotMatch(wrong.text, /would create/);
    const nobody = await here.run(words);
    assert.equal(nobody.code, 1);
    assert.match(nobody.text, /MM_ADMIN_PASSWORD is missing/);
    const right = await here.run(words, { MM_ADMIN_PASSWORD: 'Password1!' });
    assert.match(right.text, /would create the bot @msteams/);
    const atTerminal = await atPrompt([here.program, ...words, '--settings', here.settings], here.env);
    assert.match(atTerminal, /Password of admin:/);
    assert.match(atTerminal, /would create the bot @msteams/);
    assert.doesNotMatch(atTerminal, /Password1!/);
  });

  test('a dry run changes nothing', async () => {
    const { text } = await setup('--dry-run');
    assert.match(text, /would create the bot @msteams/);
    assert.match(text, /would upload and enable the plugin/);
    assert.match(text, /Nothing was changed/);
    assert.equal((await here.mattermost.get<object[]>('/api/v4/bots')).length, 0);
    assert.deepEqual(await here.mattermost.get('/api/v4/plugins'), { active: [], inactive: [] });
  });

  test('setup makes bot, token, command, plugin and settings file', async () => {
    const { text } = await setup();
    steps.push('three settings in the System Console', 'setup');
    assert.match(text, /\+ created the bot @msteams/);
    const made = await commands();
    assert.equal(made.length, 2);
    assert.equal(new Set(made.map(({ token }) => token)).size, 1, 'one token for every team');
    assert.equal(statSync(here.settings).mode & 0o777, 0o600);
    const plugins =
      await here.mattermost.get<Array<{ id: string; props: { sidecar_url: string } }>>('/api/v4/plugins/webapp');
    assert.equal(plugins.find(({ id }) => id === 'msteams_connect')?.props.sidecar_url, here.publicUrl);
    const config = await here.mattermost.put<{ PluginSettings: { Plugins: object; PluginStates: object } }>(
      '/playground/config',
      {},
    );
    assert.deepEqual(config.PluginSettings.Plugins, { other: { secret: 'kept' } });
    assert.ok('other' in config.PluginSettings.PluginStates);
  });

  test('repeated, it changes nothing', async () => {
    const before = readFileSync(here.settings, 'utf8');
    const { code, text } = await setup();
    assert.equal(code, 0, text);
    assert.doesNotMatch(text, /^[+]/m);
    assert.equal(readFileSync(here.settings, 'utf8'), before);
    assert.equal((await commands()).length, 2);
  });

  test('with the app registration in the settings file the sidecar starts, and doctor finds nothing broken', async () => {
    appendFileSync(
      here.settings,
      [
        ...[
          `MICROSOFT_TENANT_ID=${CONTOSO}`,
          `MICROSOFT_CLIENT_ID=${CLIENT_ID}`,
          `MICROSOFT_CLIENT_SECRET=${CLIENT_SECRET}`,
        ],
        ...['MICROSOFT_AUTHORITY_URL', 'GRAPH_URL', 'TEAMS_URL'].map((name) => `${name}=${here.microsoftUrl}`),
        ...[`PORT=${here.port}`, `DATA_DIR=${here.settings}.data`, ''],
      ].join('\n'),
    );
    await here.start();
    steps.push('app registration', 'start');
    const found = await doctor();
    assert.deepEqual(
      [...found.values()].filter(({ state }) => state === 'failed'),
      [],
    );
  });

  test('a user connects, and the first message arrives', async (t) => {
    alice = await createMattermostUser(here as unknown as Environment, 'alice');
    await alice.connect();
    await until(async () => (await alice.posts()).length > 0);
    await alice.press('Enable notifications');
    await here.microsoft.put(`/playground/people/${ALICE.oid}/presence`, {
      availability: 'Offline',
      activity: 'Offline',
    });
    await here.microsoft.post('/playground/messages', {
      chatId: CHAT_ALICE_ANN.id,
      from: ANN.oid,
      body: { contentType: 'text', content: 'Good morning' },
    });
    await until(async () => (await alice.posts()).some(({ message }) => message.includes('Good morning')));
    steps.push('doctor', '/msteams connect', 'Continue', 'sign in', 'Accept', 'Enable notifications');
    const seconds = Math.round((performance.now() - begun) / 1000);
    t.diagnostic(`${steps.length} steps, ${seconds} s of machine time: ${steps.join(', ')}`);
    const found = await doctor();
    assert.deepEqual(
      [...found.values()].filter(({ state }) => state !== 'ok'),
      [],
    );
  });

  for (const one of createBreakages({ here: () => here, setup, commands })) {
    test(`doctor names ${one.what}`, async () => {
      await one.break();
      const found = await doctor(one.env?.());
      await one.mend?.();
      for (const [check, detail, remedy] of one.finds) {
        assert.equal(found.get(check)?.state, 'failed', check);
        assert.match(found.get(check)?.detail ?? '', detail);
        assert.match(found.get(check)?.remedy ?? '', remedy);
      }
    });
  }

  test('with --team-admin the sidecar itself keeps the command in every team, later ones too', async () => {
    assert.match((await setup('--team-admin')).text, /made the bot administrator of 2 of 2 teams/);
    const [bot] = await here.mattermost.get<Array<{ user_id: string }>>('/api/v4/bots');
    const later = await here.mattermost.post<{ id: string }>('/api/v4/teams', {
      name: 'later',
      display_name: 'Later',
      type: 'O',
    });
    await here.mattermost.post(`/api/v4/teams/${later.id}/members`, { team_id: later.id, user_id: bot?.user_id });
    const move = await here.restartMovable();
    const [known] = await commands();
    assert.match((await doctor()).get('command')?.detail ?? '', /missing in: later/);
    await here.mattermost.delete(`/api/v4/commands/${known?.id}`);
    await here.mattermost.put(`/api/v4/teams/${later.id}/members/${bot?.user_id}/roles`, {
      roles: 'team_user team_admin',
    });
    // The job runs every ten minutes, with up to one more at random.
    await move(11 * 60_000);
    await until(async () => (await commands()).length === 3);
    assert.deepEqual(new Set((await commands()).map(({ token }) => token)), new Set([known?.token]));
    assert.equal((await doctor()).get('command')?.state, 'ok');
  });

  test('setup --undo takes back what setup made', async () => {
    const { code, text } = await setup('--undo');
    assert.equal(code, 0, text);
    assert.deepEqual(await commands(), []);
    assert.deepEqual(await here.mattermost.get('/api/v4/plugins'), { active: [], inactive: [] });
    assert.deepEqual(await here.mattermost.get('/api/v4/bots'), [], 'the bot is disabled');
    assert.doesNotMatch(readFileSync(here.settings, 'utf8'), /MATTERMOST_(BOT|COMMAND)_TOKEN/);
    assert.match(readFileSync(here.settings, 'utf8'), /MICROSOFT_CLIENT_SECRET/);
  });
});

/** What a terminal shows while the password is typed; `script` of util-linux is the terminal. */
async function atPrompt(words: string[], env: Record<string, string>): Promise<string> {
  const line = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { PATH: process.env.PATH, ...env } });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (!shown.includes('Password of') && `${shown}${chunk}`.includes('Password of')) child.stdin.write('Password1!\r');
    shown += chunk.toString();
  });
  await once(child, 'close');
  return shown;
}

/** Faults that are made on purpose, and what `doctor` must find. */
interface Breakage {
  what: string;
  break(): Promise<unknown>;
  mend?(): Promise<unknown>;
  env?: () => Record<string, string>;
  finds: Array<[check: string, detail: RegExp, remedy: RegExp]>;
}

interface Deps {
  /** A function, because the install exists only when the tests run. */
  here(): FreshInstall;
  setup(): Promise<unknown>;
  commands(): Promise<Array<{ id: string }>>;
}

/** Everything that can be broken between Mattermost, Microsoft and the sidecar, a few faults at a time. */
function createBreakages({ here, setup, commands }: Deps): Breakage[] {
  const tokenId = async () => {
    const [bot] = await here().mattermost.get<Array<{ user_id: string }>>('/api/v4/bots');
    const tokens = await here().mattermost.get<Array<{ id: string }>>(`/api/v4/users/${bot?.user_id}/tokens`);
    return { token_id: tokens[0]?.id };
  };
  const internal = (hosts: string) => ({ ServiceSettings: { AllowedUntrustedInternalConnections: hosts } });
  return [
    {
      what: 'the bot’s token',
      break: async () => here().mattermost.post('/api/v4/users/tokens/disable', await tokenId()),
      mend: async () => here().mattermost.post('/api/v4/users/tokens/enable', await tokenId()),
      finds: [['bot', /does not accept the token/, /setup again.*MATTERMOST_BOT_TOKEN/]],
    },
    {
      what: 'a deleted command, a disabled plugin, a forbidden address and an expired secret',
      break: async () => {
        await here().mattermost.delete(`/api/v4/commands/${(await commands())[1]?.id}`);
        await here().mattermost.post('/api/v4/plugins/msteams_connect/disable');
        await here().mattermost.put('/playground/config', internal(''));
        await here().microsoft.put('/playground/app', { secrets: [], expiredSecrets: [CLIENT_SECRET] });
      },
      mend: async () => {
        await here().mattermost.put('/playground/config', internal('localhost'));
        await here().microsoft.put('/playground/app', { secrets: [CLIENT_SECRET], expiredSecrets: [] });
        await setup();
      },
      finds: [
        ['command', /missing in: sales/, /setup again/],
        ['plugin', /not enabled/, /Plugin Management/],
        ['command_call', /could not call/, /Allow untrusted internal connections/],
        ['credential', /has expired/, /Create a new secret/],
      ],
    },
    {
      what: 'another command token, another Site URL and a wrong secret',
      break: async () => here().mattermost.put(`/api/v4/commands/${(await commands())[0]?.id}/regen_token`),
      mend: () => setup(),
      env: () => ({
        MATTERMOST_URL: here().mattermostUrl.replace('localhost', '127.0.0.1'),
        MICROSOFT_CLIENT_SECRET: 'not-the-secret',
      }),
      finds: [
        ['command', /another token.*in: playground/, /setup again/],
        ['site_url', /but the Site URL/, /Set MATTERMOST_URL to/],
        ['credential', /refuses the client secret/, /value of the secret/],
      ],
    },
    {
      what: 'a wrong public URL and a missing Graph permission',
      break: () =>
        here().microsoft.post('/playground/faults', {
          kind: 'entra_error',
          error: 'invalid_grant',
          code: 65001,
          suberror: 'consent_required',
          grant: 'refresh_token',
        }),
      mend: () => here().microsoft.delete('/playground/faults'),
      env: () => ({ PUBLIC_URL: 'https://localhost:1' }),
      finds: [
        ['public_url', /Nothing answers/, /Check PUBLIC_URL/],
        ['permissions', /Not granted: .*Chat\.Read/, /admin consent.*\/admin\/consent/],
      ],
    },
  ];
}
