import { escapeInline } from '../core/escape-markdown.ts';
import { isTimeZone, type Preferences } from '../core/preferences.ts';
import type { Caller, Connection, Reply, ReplyButton } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { connectFirst } from './connect.ts';
import { mutesOf, untilText } from './mutes.ts';
import type { CommandsDeps } from './ports.ts';
import { explain } from './user-errors.ts';

/** A change that a command or button makes to the preferences. Pure. */
export type Change = (preferences: Preferences) => Preferences;

/** `notifications` and `notifications status`: the settings, with buttons to change them. */
export async function showNotifications(deps: CommandsDeps, caller: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(caller.userId);
  return connection ? settings(deps, caller, connection) : connectFirst(caller.locale);
}

/** Changes the settings and shows them. */
export async function changeNotifications(deps: CommandsDeps, caller: Caller, change: Change): Promise<Reply> {
  const connection = await deps.connections.findByUser(caller.userId);
  const preferences = connection && (await deps.connections.changePreferences(connection.id, change));
  return preferences ? settings(deps, caller, { ...connection, preferences }) : connectFirst(caller.locale);
}

/** The change for a value of the quiet hours menu: `20:00-07:00` or `off`; null for any other value. */
export function quietChange(choice: string, caller: Caller): Change | null {
  if (choice === 'off') return (now) => ({ ...now, quietHours: null });
  const preset = QUIET_PRESETS.find(({ from, to }) => `${from}-${to}` === choice);
  if (!preset) return null;
  return (now) => ({
    ...now,
    quietHours: { ...preset, timeZone: now.quietHours?.timeZone ?? zoneOf(caller), digestAt: preset.to },
  });
}

/** *Not now*: changes nothing. Notifications of a new connection are off. */
export function notNow({ locale }: Caller): Reply {
  return { text: translatorFor(locale)('command.notifications.later') };
}

/** When notifications are delivered, for the status. */
export function modeOf({ enabled, when }: Preferences, locale: string): string {
  const t = translatorFor(locale);
  if (!enabled) return t('command.mode.off');
  return t(when === 'away' ? 'command.mode.away' : 'command.mode.always');
}

const QUIET_PRESETS = [
  { from: '18:00', to: '08:00' },
  { from: '20:00', to: '07:00' },
  { from: '22:00', to: '07:00' },
] as const;

const KINDS = ['oneOnOne', 'group', 'meeting'] as const;

function settings(deps: CommandsDeps, caller: Caller, connection: Connection): Reply {
  const { locale } = caller;
  const { preferences, state } = connection;
  // Without a sign-in nothing can be delivered, whatever the settings.
  const warning = state === 'reconnect' ? `\n${explain('reconnect_needed', locale)}` : '';
  const head = `${translatorFor(locale)(textKey(preferences))}${warning}`;
  if (!preferences.enabled) return { text: head, buttons: [turnOn(locale)] };
  const lines = detailsOf(deps, caller, connection).map((line) => `- ${line}`);
  return { text: `${head}\n\n${lines.join('\n')}`, buttons: buttons(deps, caller, connection) };
}

function textKey({ enabled, when }: Preferences) {
  if (!enabled) return 'command.notifications.off';
  return when === 'away' ? 'command.notifications.away' : 'command.notifications.always';
}

function detailsOf(deps: CommandsDeps, caller: Caller, connection: Connection): string[] {
  const { locale } = caller;
  const t = translatorFor(locale);
  const { chats, fold, quietHours } = connection.preferences;
  const mutes = mutesOf(deps, connection, locale).map(
    (one) => `${escapeInline(one.title)} (${untilText(deps, caller, one)})`,
  );
  return [
    t(`settings.oneOnOne.${chats.oneOnOne === 'none' ? 'none' : 'all'}`),
    t(`settings.group.${chats.group}`),
    t(`settings.meeting.${chats.meeting}`),
    t(fold ? 'settings.fold.on' : 'settings.fold.off'),
    quietHours
      ? t('settings.quiet.on', {
          from: quietHours.from,
          to: quietHours.to,
          digest: quietHours.digestAt,
          zone: escapeInline(quietHours.timeZone),
        })
      : t('settings.quiet.off'),
    mutes.length === 0 ? t('settings.muted.none') : t('settings.muted.some', { chats: mutes.join(', ') }),
  ];
}

function turnOn(locale: string): ReplyButton {
  return { label: translatorFor(locale)('command.button.on'), style: 'primary', action: 'notifications_on' };
}

function buttons(deps: CommandsDeps, { locale }: Caller, connection: Connection): ReplyButton[] {
  const t = translatorFor(locale);
  const { when, fold } = connection.preferences;
  const other: ReplyButton =
    when === 'away'
      ? { label: t('command.button.always'), style: 'default', action: 'when_always' }
      : { label: t('command.button.away'), style: 'default', action: 'when_away' };
  const mutes = mutesOf(deps, connection, locale);
  return [
    other,
    { label: t('command.button.off'), style: 'default', action: 'notifications_off' },
    ...KINDS.map((kind) => kindMenu(locale, kind)),
    fold
      ? { label: t('settings.button.foldOff'), style: 'default', action: 'fold_off' }
      : { label: t('settings.button.foldOn'), style: 'default', action: 'fold_on' },
    quietMenu(locale),
    ...(mutes.length === 0 ? [] : [unmuteMenu(locale, mutes)]),
  ];
}

function kindMenu(locale: string, kind: (typeof KINDS)[number]): ReplyButton {
  const t = translatorFor(locale);
  const choices = kind === 'oneOnOne' ? (['all', 'none'] as const) : (['all', 'mentions', 'none'] as const);
  const options = choices.map((value) => ({ label: t(`settings.choice.${value}`), value }));
  return { label: t(`settings.menu.${kind}`), style: 'default', action: `chats ${kind}`, options };
}

function quietMenu(locale: string): ReplyButton {
  const t = translatorFor(locale);
  const presets = QUIET_PRESETS.map(({ from, to }) => ({ label: `${from} – ${to}`, value: `${from}-${to}` }));
  const options = [{ label: t('settings.choice.quietOff'), value: 'off' }, ...presets];
  return { label: t('settings.menu.quiet'), style: 'default', action: 'quiet', options };
}

function unmuteMenu(locale: string, mutes: ReadonlyArray<{ chatId: string; title: string }>): ReplyButton {
  const options = mutes.map(({ chatId, title }) => ({ label: title, value: chatId }));
  return { label: translatorFor(locale)('settings.menu.unmute'), style: 'default', action: 'unmute', options };
}

function zoneOf({ timeZone }: Caller): string {
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}
