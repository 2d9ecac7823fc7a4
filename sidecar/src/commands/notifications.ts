import { escapeInline } from '../core/escape-markdown.ts';
import { isTimeZone, type Preferences } from '../core/preferences.ts';
import type { Caller, Connection, Reply, ReplyButton } from '../core/types.ts';
import { connectFirst } from './connect.ts';
import { mutesOf, untilText } from './mutes.ts';
import type { CommandsDeps } from './ports.ts';
import { tell } from './settings-texts.ts';
import { say } from './texts.ts';
import { explain } from './user-errors.ts';

/** How a command or button changes the preferences. */
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

/** Quiet hours as a menu names them: `20:00-07:00`, or `off`. Null for what is neither. */
export function quietChange(choice: string, caller: Caller): Change | null {
  if (choice === 'off') return (now) => ({ ...now, quietHours: null });
  const preset = QUIET_PRESETS.find(({ from, to }) => `${from}-${to}` === choice);
  if (!preset) return null;
  return (now) => ({
    ...now,
    quietHours: { ...preset, timeZone: now.quietHours?.timeZone ?? zoneOf(caller), digestAt: preset.to },
  });
}

/** *Not now*: notifications stay as they are, off for a fresh connection. */
export function notNow({ locale }: Caller): Reply {
  return { text: say(locale, 'notifications_later') };
}

/** The settings in a few words, for the status. */
export function modeOf({ enabled, when }: Preferences, locale: string): string {
  if (!enabled) return say(locale, 'mode_off');
  return say(locale, when === 'away' ? 'mode_away' : 'mode_always');
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
  // A setting does not help while nothing can arrive.
  const warning = state === 'reconnect' ? `\n${explain('reconnect_needed', locale)}` : '';
  const head = `${say(locale, textKey(preferences))}${warning}`;
  if (!preferences.enabled) return { text: head, buttons: [turnOn(locale)] };
  const lines = detailsOf(deps, caller, connection).map((line) => `- ${line}`);
  return { text: `${head}\n\n${lines.join('\n')}`, buttons: buttons(deps, caller, connection) };
}

function textKey({ enabled, when }: Preferences) {
  if (!enabled) return 'notifications_off';
  return when === 'away' ? 'notifications_away' : 'notifications_always';
}

function detailsOf(deps: CommandsDeps, caller: Caller, connection: Connection): string[] {
  const { locale } = caller;
  const { chats, fold, quietHours } = connection.preferences;
  const mutes = mutesOf(deps, connection, locale).map(
    (one) => `${escapeInline(one.title)} (${untilText(deps, caller, one)})`,
  );
  return [
    tell(locale, `oneOnOne_${chats.oneOnOne === 'none' ? 'none' : 'all'}`),
    tell(locale, `group_${chats.group}`),
    tell(locale, `meeting_${chats.meeting}`),
    tell(locale, fold ? 'fold_on' : 'fold_off'),
    quietHours
      ? tell(locale, 'quiet_on', {
          from: quietHours.from,
          to: quietHours.to,
          digest: quietHours.digestAt,
          zone: escapeInline(quietHours.timeZone),
        })
      : tell(locale, 'quiet_off'),
    mutes.length === 0 ? tell(locale, 'muted_none') : tell(locale, 'muted_some', { chats: mutes.join(', ') }),
  ];
}

function turnOn(locale: string): ReplyButton {
  return { label: say(locale, 'button_on'), style: 'primary', action: 'notifications_on' };
}

function buttons(deps: CommandsDeps, { locale }: Caller, connection: Connection): ReplyButton[] {
  const { when, fold } = connection.preferences;
  const other: ReplyButton =
    when === 'away'
      ? { label: say(locale, 'button_always'), style: 'default', action: 'when_always' }
      : { label: say(locale, 'button_away'), style: 'default', action: 'when_away' };
  const mutes = mutesOf(deps, connection, locale);
  return [
    other,
    { label: say(locale, 'button_off'), style: 'default', action: 'notifications_off' },
    ...KINDS.map((kind) => kindMenu(locale, kind)),
    fold
      ? { label: tell(locale, 'button_fold_off'), style: 'default', action: 'fold_off' }
      : { label: tell(locale, 'button_fold_on'), style: 'default', action: 'fold_on' },
    quietMenu(locale),
    ...(mutes.length === 0 ? [] : [unmuteMenu(locale, mutes)]),
  ];
}

function kindMenu(locale: string, kind: (typeof KINDS)[number]): ReplyButton {
  const choices = kind === 'oneOnOne' ? (['all', 'none'] as const) : (['all', 'mentions', 'none'] as const);
  const options = choices.map((value) => ({ label: tell(locale, `choice_${value}`), value }));
  return { label: tell(locale, `menu_${kind}`), style: 'default', action: `chats ${kind}`, options };
}

function quietMenu(locale: string): ReplyButton {
  const presets = QUIET_PRESETS.map(({ from, to }) => ({ label: `${from} – ${to}`, value: `${from}-${to}` }));
  const options = [{ label: tell(locale, 'choice_quiet_off'), value: 'off' }, ...presets];
  return { label: tell(locale, 'menu_quiet'), style: 'default', action: 'quiet', options };
}

function unmuteMenu(locale: string, mutes: ReadonlyArray<{ chatId: string; title: string }>): ReplyButton {
  const options = mutes.map(({ chatId, title }) => ({ label: title, value: chatId }));
  return { label: tell(locale, 'menu_unmute'), style: 'default', action: 'unmute', options };
}

function zoneOf({ timeZone }: Caller): string {
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}
