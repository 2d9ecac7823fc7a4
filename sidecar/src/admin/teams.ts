import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { CommandView } from './team-commands.ts';
import { commandsByTeam } from './team-commands.ts';

export interface TeamsDeps {
  mattermost: CommandView<unknown> & {
    addCommand(draft: { teamId: string; url: string; token: string }): Promise<void>;
  };
  command: { url: string; token: string };
  log: Log;
}

/**
 * Creates `/msteams` in teams that were made later, as far as the bot may: it must be administrator of the team, or of the system.
 * Where it may not, the checks name the teams, and `setup` does it. A command that is there is never changed: that is for a person to
 * decide. Returns the names of the teams where the command was missing and could be created.
 */
export async function runTeams({ mattermost, command, log }: TeamsDeps): Promise<string[]> {
  const missing = (await commandsByTeam(mattermost)).filter(({ sight }) => sight === 'none');
  const made: string[] = [];
  for (const { id, team } of missing) {
    try {
      await mattermost.addCommand({ teamId: id, ...command });
      made.push(team);
      log.info({ teamId: id }, 'The slash command was created in a team.');
    } catch (error) {
      const { code } = toAppError(error);
      if (code !== 'mattermost_refused') throw error;
      log.debug({ teamId: id }, 'The bot may not create the slash command in a team.');
    }
  }
  return made;
}
