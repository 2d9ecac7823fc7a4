import { AppError } from '../../core/errors.ts';
import { makeBot, makeToken } from '../setup-bot.ts';
import { makeCommands, pickCommandToken } from '../setup-commands.ts';
import { makeOauthApp } from '../setup-oauth.ts';
import { installPlugin } from './plugin.ts';
import type { SetupDeps, SetupLine, SetupOptions, SetupStep } from './types.ts';

/**
 * The steps that prepare Mattermost so that the sidecar can start: bot, token, one command in every team, plugin, settings file. Each
 * leaves alone what is right already. They run in this order, once.
 * @throws {AppError} (from `run`) forbidden without an administrator's token, mattermost_*
 */
export function setupSteps(deps: Omit<SetupDeps, 'say'>, options: SetupOptions): SetupStep[] {
  const { mattermost } = deps;
  const made: Record<string, string | null> = {};
  let bot: string | null = null;
  const step = (title: string, run: (deps: SetupDeps) => Promise<void>): SetupStep => ({
    title,
    run: (say) => run({ ...deps, say }),
  });
  return [
    step('Administrator', requireAdministrator),
    step('Bot', async (deps) => {
      bot = await makeBot(deps, options, await mattermost.site());
      const token = bot && (await makeToken(deps, options, bot));
      if (token) made.MATTERMOST_BOT_TOKEN = token;
    }),
    step('Slash command', async (deps) => {
      const token = await pickCommandToken(deps, options);
      made.MATTERMOST_COMMAND_TOKEN = token;
      await makeCommands(deps, options, token);
    }),
    step('Teams', async (deps) => {
      const { directMessagesNeedTeam } = await mattermost.site();
      await joinTeams(deps, options, { bot, needed: directMessagesNeedTeam });
    }),
    step('Plugin', (deps) => installPlugin(deps, options)),
    step('Network', (deps) => checkReachable(deps, options)),
    step('OAuth 2.0 application', async (deps) => void Object.assign(made, await makeOauthApp(deps, options))),
    step('Settings file', async (deps) => {
      const url = (await mattermost.site()).url || options.url;
      writeSettings(deps, options, {
        MATTERMOST_URL: url,
        MATTERMOST_INTERNAL_URL: url.toLowerCase() === options.url.toLowerCase() ? null : options.url,
        PUBLIC_URL: options.sidecarUrl,
        ...made,
      });
    }),
  ];
}

/** What the operator still has to fill in before the sidecar can start; null when nothing is missing. */
export function missingSettings({ settings }: Pick<SetupDeps, 'settings'>, sidecarUrl: string): SetupLine | null {
  const known = settings.read();
  const missing = ['MICROSOFT_TENANT_ID', 'MICROSOFT_CLIENT_ID'].filter((name) => !known[name]);
  if (missing.length === 0) return null;
  return {
    state: 'manual',
    text: `${missing.join(' and ')} and the credential of the app registration are not in ${settings.path} yet`,
    todo: `msteams-connect azure --sidecar-url ${sidecarUrl} tells how to get them`,
  };
}

async function requireAdministrator({ mattermost }: SetupDeps): Promise<void> {
  const { username, roles } = await mattermost.self();
  if (roles.includes('system_admin')) return;
  throw new AppError('forbidden', `The token belongs to @${username}, who is not a system administrator.`, {
    remedy: 'Give the token of a system administrator, or sign in as one with --login.',
  });
}

/** A bot may write to every user, unless `RestrictDirectMessage` limits direct messages to users who share a team. */
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

/** Mattermost calls internal addresses only when `AllowedUntrustedInternalConnections` lists them. */
async function checkReachable({ mattermost, isInternal, say }: SetupDeps, { sidecarUrl }: SetupOptions): Promise<void> {
  const host = new URL(sidecarUrl).hostname;
  const { internalHosts } = await mattermost.settings();
  if (internalHosts.split(/[\s,]+/).includes(host) || !(await isInternal(host))) return;
  // A listed network may cover the host, which cannot be told from here.
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
