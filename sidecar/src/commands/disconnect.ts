import type { Caller, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { accountOf } from './account.ts';
import type { CommandsDeps } from './ports.ts';

/** `disconnect`: asks for confirmation, naming what stops. */
export async function askToDisconnect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const t = translatorFor(locale);
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return { text: t('command.disconnect.none') };
  return {
    text: t('command.disconnect.question', { account: accountOf(connection) }),
    buttons: [
      { label: t('command.button.disconnect'), style: 'danger', action: 'disconnect_confirm' },
      { label: t('command.button.keep'), style: 'default', action: 'disconnect_cancel' },
    ],
  };
}

/** Disconnects after the confirmation. Pressed again, it replies that there is no connection. */
export async function disconnect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const t = translatorFor(locale);
  const wasConnected = await deps.disconnect(userId);
  return {
    text: wasConnected ? t('command.disconnect.done', { url: deps.accountUrl }) : t('command.disconnect.none'),
  };
}

/** Replies to a declined confirmation. */
export async function keepConnected(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  return { text: translatorFor(locale)(connection ? 'command.disconnect.kept' : 'command.disconnect.none') };
}
