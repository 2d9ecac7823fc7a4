import { AppError } from '../core/errors.ts';
import type { SetupDeps, SetupOptions } from './setup/types.ts';
import { MADE_BY_SETUP, TOKEN_DESCRIPTION } from './setup/types.ts';

/** Makes or enables the bot. Its account id; null when it is not there (a dry run, or bots cannot be made). */
export async function makeBot(
  { mattermost, picture, say }: SetupDeps,
  { botName, dryRun }: SetupOptions,
  { createsBots }: { createsBots: boolean },
): Promise<string | null> {
  const account = await mattermost.findAccount(botName);
  if (account && !account.isBot) {
    throw new AppError('bad_request', `@${botName} is a person's account.`, {
      remedy: 'Choose another name for the bot with --bot-name.',
    });
  }
  if (account && !account.deactivated) {
    say({ state: 'kept', text: `bot @${botName}` });
    return account.id;
  }
  if (dryRun && (account || createsBots)) {
    say({ state: 'planned', text: `would ${account ? 'enable' : 'create'} the bot @${botName}` });
    return account?.id ?? null;
  }
  if (account) {
    await mattermost.enableBot(account.id);
    say({ state: 'done', text: `enabled the bot @${botName}` });
    return account.id;
  }
  if (!createsBots) {
    say({
      state: 'manual',
      text: 'bot accounts may not be created on this server',
      todo: 'System Console → Integrations → Bot Accounts → Enable Bot Account Creation: true (or: mmctl config set ServiceSettings.EnableBotAccountCreation true), then run setup again. You may switch it off afterwards.',
    });
    return null;
  }
  const description = `Brings Teams chat messages to Mattermost. ${MADE_BY_SETUP}`;
  const id = await mattermost.addBot({ username: botName, name: 'Microsoft Teams', description });
  await mattermost.setPicture(id, picture);
  say({ state: 'done', text: `created the bot @${botName} with its picture` });
  return id;
}

/** The bot's token: the one in the settings while it is good, else a new one. Null in a dry run that would make one. */
export async function makeToken(deps: SetupDeps, { dryRun }: SetupOptions, botId: string): Promise<string | null> {
  const { mattermost, settings, ownerOf, say } = deps;
  const known = settings.read().MATTERMOST_BOT_TOKEN;
  if (known && (await ownerOf(known)) === botId) {
    say({ state: 'kept', text: 'token of the bot' });
    return known;
  }
  if (dryRun) {
    say({ state: 'planned', text: 'would create a token for the bot' });
    return null;
  }
  const token = await mattermost.addToken(botId, TOKEN_DESCRIPTION);
  say({ state: 'done', text: 'created a token for the bot' });
  return token;
}
