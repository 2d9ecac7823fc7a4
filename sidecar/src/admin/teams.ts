import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Leases } from '../core/ports/leases.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';
import type { CommandView } from './team-commands.ts';
import { commandsByTeam } from './team-commands.ts';

export interface TeamsDeps {
  mattermost: CommandView<unknown> & {
    addCommand(draft: { teamId: string; url: string; token: string }): Promise<void>;
  };
  command: { url: string; token: string };
  leases: Pick<Leases, 'acquire'>;
  holder: string;
  clock: Clock;
  log: Log;
}

const EVERY = 10 * MINUTE;

/**
 * Creates `/msteams` in teams that were made later, as far as the bot may: it must be administrator of the team, or of the system.
 * Where it may not, the checks name the teams, and `setup` does it. Once per cluster, until the signal aborts. A command that is there
 * is never changed: that is for a person to decide.
 */
export async function runTeams(deps: TeamsDeps, signal: AbortSignal): Promise<void> {
  const { clock, leases, holder, log } = deps;
  while (!signal.aborted) {
    try {
      const lease = await leases.acquire({ name: 'teams', holder, now: clock.now(), ms: EVERY - MINUTE });
      if (lease) await reconcileTeams(deps);
    } catch (error) {
      const { code, message } = toAppError(error);
      log.warn({ code, error: message }, 'The teams could not be looked through for the slash command.');
    }
    await clock.sleep(EVERY, signal);
  }
}

/** One round. Returns the names of the teams where the command was missing and could be created. */
export async function reconcileTeams({ mattermost, command, log }: TeamsDeps): Promise<string[]> {
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
