import type { SetupDeps, SetupOptions } from './setup/types.ts';
import { namesOf } from './team-commands.ts';

const TOKEN = /^[a-z0-9]{26}$/;

/** The token that the command has in every team: the one in the settings, the one of a command that is ours already, or a new one. */
export async function pickCommandToken(
  { mattermost, settings, newToken }: SetupDeps,
  { sidecarUrl }: SetupOptions,
): Promise<string> {
  const known = settings.read().MATTERMOST_COMMAND_TOKEN ?? '';
  if (TOKEN.test(known)) return known;
  for (const { id } of await mattermost.teams()) {
    const [command] = await mattermost.commands(id);
    if (command && command.url === commandUrl(sidecarUrl) && TOKEN.test(command.token)) return command.token;
  }
  return newToken();
}

/** Creates or corrects `/msteams` in every team. */
export async function makeCommands(
  { mattermost, say }: SetupDeps,
  { sidecarUrl, dryRun }: SetupOptions,
  token: string,
): Promise<void> {
  const { commandsEnabled } = await mattermost.settings();
  if (!commandsEnabled) {
    return say({
      state: 'manual',
      text: 'slash commands are switched off on this server',
      todo: 'System Console → Integrations → Integration Management → Enable Custom Slash Commands: true, then run setup again',
    });
  }
  const url = commandUrl(sidecarUrl);
  const made: string[] = [];
  const corrected: string[] = [];
  const teams = await mattermost.teams();
  for (const { id: teamId, name } of teams) {
    const [command] = await mattermost.commands(teamId);
    if (command?.url === url && command.token === token) continue;
    (command ? corrected : made).push(name);
    if (dryRun) continue;
    if (command) await mattermost.changeCommand(command.id, { teamId, url, token });
    else await mattermost.addCommand({ teamId, url, token });
  }
  const state = dryRun ? 'planned' : 'done';
  const did = (verb: [string, string]) => (dryRun ? `would ${verb[0]}` : verb[1]);
  if (made.length > 0) say({ state, text: `${did(['create', 'created'])} /msteams in: ${namesOf(made)}` });
  if (corrected.length > 0) say({ state, text: `${did(['correct', 'corrected'])} /msteams in: ${namesOf(corrected)}` });
  if (made.length + corrected.length === 0) say({ state: 'kept', text: `/msteams in every team (${teams.length})` });
}

/** Where Mattermost sends the command. */
export function commandUrl(sidecarUrl: string): string {
  return `${sidecarUrl}/mattermost/command`;
}
