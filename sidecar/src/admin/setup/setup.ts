import { AppError } from '../../core/errors.ts';
import { makeBot, makeToken } from '../setup-bot.ts';
import { makeCommands, pickCommandToken } from '../setup-commands.ts';
import { makeOauthApp } from '../setup-oauth.ts';
import { installPlugin } from './plugin.ts';
import type { SetupDeps, SetupOptions } from './types.ts';

/**
 * Brings Mattermost to where the sidecar can start: bot, token, one command in every team, plugin, settings file. Whatever is right
 * already stays as it is. Returns whether nothing is left for a person to do. Errors: `forbidden` without an administrator's token,
 * `mattermost_*`.
 */
export async function setup(deps: SetupDeps, options: SetupOptions): Promise<boolean> {
  let complete = true;
  const { mattermost, settings } = deps;
  const say: SetupDeps['say'] = (line) => {
    if (line.state === 'manual') complete = false;
    deps.say(line);
  };
  const step = { ...deps, say };
  await requireAdministrator(deps);
  const site = await mattermost.site();
  const bot = await makeBot(step, options, site);
  const botToken = bot && (await makeToken(step, options, bot));
  const commandToken = await pickCommandToken(step, options);
  await makeCommands(step, options, commandToken);
  await joinTeams(step, options, { bot, needed: site.directMessagesNeedTeam });
  await installPlugin(step, options);
  await checkReachable(step, options);
  const oauth = await makeOauthApp(step, options);
  const url = site.url || options.url;
  writeSettings(step, options, {
    MATTERMOST_URL: url,
    MATTERMOST_INTERNAL_URL: url.toLowerCase() === options.url.toLowerCase() ? null : options.url,
    PUBLIC_URL: options.sidecarUrl,
    ...(botToken ? { MATTERMOST_BOT_TOKEN: botToken } : {}),
    MATTERMOST_COMMAND_TOKEN: commandToken,
    ...oauth,
  });
  const missing = ['MICROSOFT_TENANT_ID', 'MICROSOFT_CLIENT_ID'].filter((name) => !settings.read()[name]);
  if (missing.length > 0 && !options.dryRun) {
    deps.say({
      state: 'manual',
      text: `${missing.join(' and ')} and the credential of the app registration are not in ${settings.path} yet`,
      todo: `msteams-connect azure --sidecar-url ${options.sidecarUrl} tells how to get them`,
    });
  }
  return complete;
}

async function requireAdministrator({ mattermost }: SetupDeps): Promise<void> {
  const { username, roles } = await mattermost.self();
  if (roles.includes('system_admin')) return;
  throw new AppError('forbidden', `The token belongs to @${username}, who is not a system administrator.`, {
    remedy: 'Give the token of a system administrator, or sign in as one with --login.',
  });
}

/** A bot writes to everybody, unless direct messages are limited to people who share a team. */
async function joinTeams(
  { mattermost, say }: SetupDeps,
  { teamAdmin, dryRun }: SetupOptions,
  { bot, needed }: { bot: string | null; needed: boolean },
): Promise<void> {
  if (!bot || !(needed || teamAdmin)) return;
  const what = teamAdmin ? 'made the bot administrator of' : 'added the bot to';
  const teams = await mattermost.teams();
  if (dryRun) return say({ state: 'planned', text: `would have ${what} every team (${teams.length})` });
  let changed = 0;
  for (const { id } of teams) {
    if (await mattermost.joinTeam({ teamId: id, userId: bot, asAdmin: teamAdmin })) changed += 1;
  }
  say({ state: changed > 0 ? 'done' : 'kept', text: `${what} ${changed} of ${teams.length} teams` });
}

/** Mattermost calls internal addresses only when an administrator lists them. */
async function checkReachable({ mattermost, isInternal, say }: SetupDeps, { sidecarUrl }: SetupOptions): Promise<void> {
  const host = new URL(sidecarUrl).hostname;
  const { internalHosts } = await mattermost.settings();
  if (internalHosts.split(/[\s,]+/).includes(host) || !(await isInternal(host))) return;
  // A listed network may cover it; that cannot be told from here, so this is a hint and no obstacle.
  if (internalHosts.includes('/')) return;
  say({
    state: 'manual',
    text: `${host} has an internal address, which Mattermost refuses to call`,
    todo: `System Console → Environment → Developer → Allow untrusted internal connections to: add ${host}\n(or: mmctl config set ServiceSettings.AllowedUntrustedInternalConnections "${`${internalHosts} ${host}`.trim()}")`,
  });
}

function writeSettings(
  { settings, say }: SetupDeps,
  { dryRun }: SetupOptions,
  values: Record<string, string | null>,
): void {
  const known = settings.read();
  const names = Object.keys(values).filter((name) => (known[name] ?? null) !== (values[name] ?? null));
  const text = `${names.join(', ')} to ${settings.path}`;
  if (names.length === 0) say({ state: 'kept', text: `settings in ${settings.path}` });
  else if (dryRun) say({ state: 'planned', text: `would write ${text}` });
  else {
    settings.write(values);
    say({ state: 'done', text: `wrote ${text}, readable by you only` });
  }
}
