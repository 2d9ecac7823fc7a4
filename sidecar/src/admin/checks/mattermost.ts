import coerce from 'semver/functions/coerce.js';
import lt from 'semver/functions/lt.js';
import { AppError, toAppError } from '../../core/errors.ts';
import { commandsByTeam, namesOf } from '../team-commands.ts';
import type { CheckDeps, Finding, MattermostView, Words } from './types.ts';

const RIVAL = 'com.mattermost.msteams-sync';

/** Checks that Mattermost answers and has a supported version. */
export async function checkMattermost({ mattermost, settings }: CheckDeps, words: Words): Promise<Finding> {
  const url = settings.internalUrl;
  const wanted = settings.plugin.minServerVersion;
  try {
    await mattermost.time();
  } catch {
    return words.bad('failed', 'mattermost.failed', { url });
  }
  // The configuration includes the version without a session too; a refused token is reported by the next check.
  const version = await mattermost.site().then(
    (site) => site.version,
    () => '',
  );
  if (version !== '' && isOlder(version, wanted)) return words.bad('failed', 'mattermost.old', { version, wanted });
  return words.ok('mattermost.ok', { url, version });
}

/** Checks that the token is valid and belongs to a bot. */
export async function checkBot({ mattermost }: CheckDeps, words: Words): Promise<Finding> {
  try {
    const { username, isBot } = await mattermost.self();
    return isBot ? words.ok('bot.ok', { username }) : words.bad('warning', 'bot.person', { username });
  } catch (error) {
    if (toAppError(error).code === 'mattermost_unauthorized') return words.bad('failed', 'bot.failed');
    throw error;
  }
}

/** Checks that the bot can read the e-mail addresses that decide who may connect, and may write to every user. */
export async function checkBotRights({ mattermost, settings }: CheckDeps, words: Words): Promise<Finding> {
  const site = await mattermost.site();
  if (settings.needsEmail && !site.showsEmail) return words.bad('failed', 'bot_rights.email');
  if (site.directMessagesNeedTeam) {
    const teams = await mattermost.teams();
    const memberships = await Promise.all(teams.map(({ id }) => isAllowed(mattermost.offeredCommands(id))));
    const count = memberships.filter(Boolean).length;
    if (count < teams.length) return words.bad('failed', 'bot_rights.teams', { count, total: teams.length });
  }
  return words.ok('bot_rights.ok');
}

/** Checks that `MATTERMOST_URL` equals Mattermost's Site URL. */
export async function checkSiteUrl({ mattermost, settings }: CheckDeps, words: Words): Promise<Finding> {
  const actual = (await mattermost.site()).url;
  const configured = settings.mattermostUrl;
  if (actual === '') return words.bad('warning', 'site_url.empty', { configured });
  if (actual.toLowerCase() === configured.toLowerCase()) return words.ok('site_url.ok');
  return words.bad('failed', 'site_url.differs', { configured, actual });
}

/** Checks that the slash command exists in every team, with the sidecar's address and token. */
export async function checkCommand(deps: CheckDeps, words: Words): Promise<Finding> {
  const { settings, mattermost, administrator } = deps;
  const url = `${settings.publicUrl}/mattermost/command`;
  const found = await commandsByTeam({ ...mattermost, ...administrator });
  const teams = (wrong: (one: (typeof found)[number]) => boolean) =>
    namesOf(found.filter(wrong).map(({ team }) => team));
  const bad = (key: 'command.missing' | 'command.address' | 'command.token', names: string) =>
    words.bad('failed', key, { teams: names, url, remedy: 'command.remedy' });
  const missing = teams(({ sight }) => sight === 'none');
  if (missing) return bad('command.missing', missing);
  const elsewhere = teams(({ sight, command }) => sight === 'full' && command?.url !== url);
  if (elsewhere) return bad('command.address', elsewhere);
  const otherToken = teams(({ sight, command }) => sight === 'full' && command?.token !== settings.commandToken);
  if (otherToken) return bad('command.token', otherToken);
  const hidden = teams(({ sight }) => sight === 'hidden');
  if (hidden) return words.bad('warning', 'command.hidden', { teams: hidden });
  return words.ok('command.ok', { count: found.length });
}

/** Runs the slash command: the only check that covers address, network and token together. */
export async function checkCommandCall(deps: CheckDeps, words: Words): Promise<Finding> {
  if (deps.commandProven) return words.ok('command_call.ok');
  const url = `${deps.settings.publicUrl}/mattermost/command`;
  const view = { ...deps.mattermost, ...deps.administrator };
  for (const team of await view.teams()) {
    const answer = await attempt(view, team.id);
    if (answer === 'not here') continue;
    if (answer === 'no answer') return words.bad('failed', 'command_call.failed', { url });
    if (answer === 'unauthorized') return words.bad('failed', 'command_call.token');
    return words.ok('command_call.ok');
  }
  return words.bad('warning', 'command_call.unknown');
}

/** Checks that the plugin is active in the sidecar's version, and that no other plugin answers `/msteams`. */
export async function checkPlugin({ mattermost, administrator, settings }: CheckDeps, words: Words): Promise<Finding> {
  const { id, version: wanted } = settings.plugin;
  const active = await activePlugins(mattermost);
  if (active === null) return words.bad('failed', 'plugin.off');
  const found = active.find((plugin) => plugin.id === id);
  if (!found) return whyInactive({ id, wanted, administrator }, words);
  if (active.some((plugin) => plugin.id === RIVAL)) return words.bad('failed', 'plugin.rival');
  const { version } = found;
  return version === wanted
    ? words.ok('plugin.ok', { version })
    : words.bad('warning', 'plugin.version', { version, wanted });
}

interface Inactive {
  id: string;
  wanted: string;
  administrator: CheckDeps['administrator'];
}

async function whyInactive({ id, wanted, administrator }: Inactive, words: Words): Promise<Finding> {
  const statuses = await administrator?.pluginStatuses?.().catch(() => null);
  if (!statuses) return words.bad('failed', 'plugin.inactive');
  const status = statuses.find((plugin) => plugin.id === id);
  if (!status) return words.bad('failed', 'plugin.missing', { wanted });
  if (status.error) return words.bad('failed', 'plugin.broken', { error: status.error });
  return words.bad('failed', 'plugin.disabled');
}

async function activePlugins(mattermost: Pick<MattermostView, 'activePlugins'>) {
  try {
    return await mattermost.activePlugins();
  } catch (error) {
    // 501: plugins are disabled (PluginSettings.Enable).
    if (error instanceof AppError && error.fields?.status === 501) return null;
    throw error;
  }
}

/** The sidecar refuses a bot with `forbidden`, which proves that the request arrived as well as a session does. */
async function attempt(
  view: MattermostView,
  teamId: string,
): Promise<'answered' | 'unauthorized' | 'no answer' | 'not here'> {
  try {
    const props = await view.tryCommand(teamId);
    return props.msteams_error === 'unauthorized' ? 'unauthorized' : 'answered';
  } catch (error) {
    const { code, fields } = toAppError(error);
    if (code === 'mattermost_refused' || code === 'mattermost_not_found') return 'not here';
    if (String(fields?.mattermostErrorId ?? '').startsWith('api.command.execute_command')) return 'no answer';
    throw error;
  }
}

async function isAllowed(answer: Promise<unknown>): Promise<boolean> {
  try {
    await answer;
    return true;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_refused') return false;
    throw error;
  }
}

/** A pre-release counts as its release. */
function isOlder(version: string, wanted: string): boolean {
  const actual = coerce(version);
  return actual !== null && lt(actual, wanted);
}
