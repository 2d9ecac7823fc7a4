import { toAppError } from '../core/errors.ts';

/** The verbs that show slash commands. */
export interface CommandView<Command> {
  teams(): Promise<Array<{ id: string; name: string }>>;
  commands(teamId: string): Promise<Command[]>;
  offeredCommands(teamId: string): Promise<unknown[]>;
}

/**
 * What can be seen of `/msteams` in a team. `full`: with address and token; `offered`: it is there, that is all; `none`: it is not;
 * `hidden`: nobody here may look.
 */
export interface TeamCommand<Command> {
  id: string;
  team: string;
  sight: 'full' | 'offered' | 'none' | 'hidden';
  command: Command | null;
}

const AT_ONCE = 8;

/** Looks at `/msteams` in every team that can be seen. Errors: `mattermost_*`, but not for want of rights. */
export async function commandsByTeam<Command>(view: CommandView<Command>): Promise<Array<TeamCommand<Command>>> {
  const teams = await view.teams();
  const found: Array<TeamCommand<Command>> = [];
  for (let start = 0; start < teams.length; start += AT_ONCE) {
    found.push(...(await Promise.all(teams.slice(start, start + AT_ONCE).map((team) => look(view, team)))));
  }
  return found;
}

async function look<Command>(
  view: CommandView<Command>,
  { id, name }: { id: string; name: string },
): Promise<TeamCommand<Command>> {
  const managed = await unlessRefused(view.commands(id));
  if (managed) {
    const [command = null] = managed;
    return { id, team: name, sight: command ? 'full' : 'none', command };
  }
  const offered = await unlessRefused(view.offeredCommands(id));
  return { id, team: name, sight: offered ? (offered.length > 0 ? 'offered' : 'none') : 'hidden', command: null };
}

async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_refused') return null;
    throw error;
  }
}

const NAMED = 5;

/** The names for a sentence, the first five of many; empty for none. */
export function namesOf(names: readonly string[]): string {
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (rest > 0 ? ` (+${rest})` : '');
}
