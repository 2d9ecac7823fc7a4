import type { Case } from './healthy-installation.ts';
import { COMMAND, refused } from './healthy-installation.ts';

/** What goes wrong with Mattermost. */
export const MATTERMOST_CASES: Case[] = [
  {
    what: 'Mattermost away',
    id: 'mattermost',
    state: 'failed',
    detail: /does not answer at http:\/\/chat:8065/,
    broken: (d) => Object.assign(d.mattermost, { time: refused }),
  },
  {
    what: 'an old Mattermost',
    id: 'mattermost',
    state: 'failed',
    detail: /10\.2\.0 is older than 10\.11\.0/,
    broken: (d) => Object.assign(d.mattermost, { site: async () => ({ version: '10.2.0' }) }),
  },
  {
    what: 'a person’s token',
    id: 'bot',
    state: 'warning',
    detail: /@ann, which is not a bot/,
    broken: (d) => Object.assign(d.mattermost, { self: async () => ({ username: 'ann', isBot: false, roles: [] }) }),
  },
  {
    what: 'hidden addresses',
    id: 'bot_rights',
    state: 'failed',
    detail: /hides email/,
    broken: (d) =>
      Object.assign(d.mattermost, {
        site: async () => ({ url: '', version: '11.0.0', showsEmail: false, directMessagesNeedTeam: false }),
      }),
  },
  {
    what: 'a bot in no team where that matters',
    id: 'bot_rights',
    state: 'failed',
    detail: /in 0 of 1 teams/,
    broken: (d) =>
      Object.assign(d.mattermost, {
        offeredCommands: refused,
        site: async () => ({ url: '', version: '11.0.0', showsEmail: true, directMessagesNeedTeam: true }),
      }),
  },
  {
    what: 'no Site URL',
    id: 'site_url',
    state: 'warning',
    detail: /no Site URL/,
    broken: (d) =>
      Object.assign(d.mattermost, {
        site: async () => ({ url: '', version: '11.0.0', showsEmail: true, directMessagesNeedTeam: false }),
      }),
  },
  {
    what: 'a command for another address',
    id: 'command',
    state: 'failed',
    detail: /another address.*in: north/,
    broken: (d) => Object.assign(d.mattermost, { commands: async () => [{ ...COMMAND, url: 'https://old.example' }] }),
  },
  {
    what: 'a command that may only be seen',
    id: 'command',
    state: 'ok',
    detail: /every team \(1\)/,
    broken: (d) => Object.assign(d.mattermost, { commands: refused }),
  },
  {
    what: 'commands that may not be seen',
    id: 'command',
    state: 'warning',
    detail: /may not see.*north/,
    broken: (d) => Object.assign(d.mattermost, { commands: refused, offeredCommands: refused }),
  },
  {
    what: 'a call with the wrong token',
    id: 'command_call',
    state: 'failed',
    detail: /another token/,
    broken: (d) => Object.assign(d.mattermost, { tryCommand: async () => ({ msteams_error: 'unauthorized' }) }),
  },
  {
    what: 'a team the bot is not in',
    id: 'command_call',
    state: 'warning',
    detail: /in no team/,
    broken: (d) => Object.assign(d.mattermost, { tryCommand: refused }),
  },
  {
    what: 'another plugin version',
    id: 'plugin',
    state: 'warning',
    detail: /version 1\.0\.0, the sidecar is version 1\.2\.3/,
    broken: (d) => Object.assign(d.mattermost, { activePlugins: async () => [{ id: 'ours', version: '1.0.0' }] }),
  },
  {
    what: 'the official plugin beside',
    id: 'plugin',
    state: 'failed',
    detail: /msteams-sync is active too/,
    broken: (d) =>
      Object.assign(d.mattermost, {
        activePlugins: async () => [
          { id: 'ours', version: '1.2.3' },
          { id: 'com.mattermost.msteams-sync', version: '2.5.0' },
        ],
      }),
  },
  {
    what: 'no plugin, seen without rights',
    id: 'plugin',
    state: 'failed',
    detail: /not installed, or it is disabled/,
    broken: (d) => Object.assign(d.mattermost, { activePlugins: async () => [] }),
  },
  {
    what: 'a plugin that cannot start',
    id: 'plugin',
    state: 'failed',
    detail: /could not start.*too old/,
    broken: (d) =>
      Object.assign(d, {
        mattermost: { ...d.mattermost, activePlugins: async () => [] },
        administrator: { pluginStatuses: async () => [{ id: 'ours', running: false, error: 'too old' }] },
      }),
  },
];
