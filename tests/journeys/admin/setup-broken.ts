import { CLIENT_SECRET } from '../../../playground/sample.ts';
import type { FreshInstall } from '../../support/fresh-install.ts';

/** Something that is broken on purpose, and what `doctor` must say about it. */
export interface Breakage {
  what: string;
  break(): Promise<unknown>;
  mend?(): Promise<unknown>;
  env?: () => Record<string, string>;
  finds: Array<[check: string, detail: RegExp, remedy: RegExp]>;
}

interface Deps {
  /** Asked for late: it is there when the tests run. */
  here(): FreshInstall;
  setup(): Promise<unknown>;
  commands(): Promise<Array<{ id: string }>>;
}

/** Everything that can be broken between the two parts, a few at a time. */
export function createBreakages({ here, setup, commands }: Deps): Breakage[] {
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
