import { commandUrl } from '../setup-commands.ts';
import { removeOauthApp } from '../setup-oauth.ts';
import { namesOf } from '../team-commands.ts';
import type { SetupDeps, SetupOptions, SetupStep } from './types.ts';
import { MADE_BY_SETUP, TOKEN_DESCRIPTION } from './types.ts';

/**
 * The steps that undo setup: commands, plugin, OAuth 2.0 application, token, bot, and its lines in the settings file.
 * @throws {AppError} (from `run`) mattermost_*
 */
export function undoSteps(deps: Omit<SetupDeps, 'say'>, options: SetupOptions): SetupStep[] {
  const step = (title: string, undo: (deps: SetupDeps, options: SetupOptions) => Promise<void>): SetupStep => ({
    title,
    run: (say) => undo({ ...deps, say }, options),
  });
  return [
    step('Slash command', removeCommands),
    step('Plugin', removePlugin),
    step('OAuth 2.0 application', removeOauthApp),
    step('Bot', removeBot),
    step('Settings file', forgetSettings),
  ];
}

async function removeCommands({ mattermost, say }: SetupDeps, { sidecarUrl, dryRun }: SetupOptions): Promise<void> {
  const removed: string[] = [];
  for (const { id, name } of await mattermost.teams()) {
    for (const command of await mattermost.commands(id)) {
      if (command.url !== commandUrl(sidecarUrl)) continue;
      removed.push(name);
      if (!dryRun) await mattermost.removeCommand(command.id);
    }
  }
  if (removed.length === 0) return say({ state: 'kept', text: 'no /msteams command of this sidecar is there' });
  say({
    state: dryRun ? 'planned' : 'done',
    text: `${dryRun ? 'would remove' : 'removed'} /msteams from: ${namesOf(removed)}`,
  });
}

async function removePlugin({ mattermost, pluginId, say }: SetupDeps, { dryRun }: SetupOptions): Promise<void> {
  const installed = (await mattermost.plugins()).some(({ id }) => id === pluginId);
  if (!installed) return say({ state: 'kept', text: 'the plugin is not installed' });
  if (dryRun) return say({ state: 'planned', text: 'would remove the plugin' });
  await mattermost.removePlugin(pluginId);
  say({ state: 'done', text: 'removed the plugin' });
}

/** Mattermost cannot delete a bot, only disable it. A bot that existed before setup stays enabled and loses our token. */
async function removeBot({ mattermost, say }: SetupDeps, { botName, dryRun }: SetupOptions): Promise<void> {
  const account = await mattermost.findAccount(botName);
  if (!account?.isBot) return say({ state: 'kept', text: `there is no bot @${botName}` });
  const ours = (await mattermost.tokens(account.id)).filter(({ description }) => description === TOKEN_DESCRIPTION);
  const disables = !account.deactivated && account.description.includes(MADE_BY_SETUP);
  const what = `${ours.length} token(s) of the bot @${botName}${disables ? ', and disable it' : ''}`;
  if (dryRun) return say({ state: 'planned', text: `would revoke ${what}` });
  for (const { id } of ours) await mattermost.revokeToken(id);
  if (disables) await mattermost.disableBot(account.id);
  say({
    state: 'done',
    text: `revoked ${ours.length} token(s) of the bot @${botName}${disables ? ' and disabled it' : ''}`,
  });
}

async function forgetSettings({ settings, say }: SetupDeps, { dryRun }: SetupOptions): Promise<void> {
  const names = ['MATTERMOST_BOT_TOKEN', 'MATTERMOST_COMMAND_TOKEN'].filter((name) => name in settings.read());
  if (names.length === 0) return;
  const text = `${names.join(' and ')} from ${settings.path}`;
  if (!dryRun) settings.write(Object.fromEntries(names.map((name) => [name, null])));
  say({ state: dryRun ? 'planned' : 'done', text: `${dryRun ? 'would remove' : 'removed'} ${text}` });
}
