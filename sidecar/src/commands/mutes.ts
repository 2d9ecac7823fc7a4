import { escapeInline } from '../core/escape-markdown.ts';
import { clockText, tomorrowMorning } from '../core/local-time.ts';
import type { MutedChat, Preferences } from '../core/preferences.ts';
import { MAX_MUTED } from '../core/preferences.ts';
import { HOUR } from '../core/time.ts';
import type { Caller, Connection, Reply, ReplyButton } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { connectFirst } from './connect.ts';
import type { CommandsDeps } from './ports.ts';

/** How long a chat is muted. */
export type MuteSpan = 'hour' | 'tomorrow' | 'good';

/** A muted chat with its decrypted title; `until` in Unix milliseconds, null for good. */
export interface Mute {
  chatId: string;
  title: string;
  until: number | null;
}

const SPANS: readonly MuteSpan[] = ['hour', 'tomorrow', 'good'];
/** Chats offered for muting: those with the latest messages. */
const OFFERED = 5;
const LOOKED_AT = 50;

/** Whether a text names a span. */
export function isMuteSpan(text: string): text is MuteSpan {
  return SPANS.some((span) => span === text);
}

/** The muted chats, most recently muted first. */
export function mutesOf(deps: CommandsDeps, { id, preferences }: Connection, locale: string): Mute[] {
  const now = deps.clock.now();
  return preferences.muted
    .filter(({ until }) => until === null || until > now)
    .map(({ chatId, sealedTitle, until }) => ({
      chatId,
      title: open(deps, id, { chatId, sealedTitle, locale }),
      until,
    }))
    .reverse();
}

/** Mutes a chat, or changes the end of its mute. The title comes from the last delivered message. Null without a connection. */
export async function mute(
  deps: CommandsDeps,
  caller: Caller,
  wish: { chatId: string; span: MuteSpan },
): Promise<Mute[] | null> {
  const connection = await deps.connections.findByUser(caller.userId);
  if (!connection) return null;
  const { chatId, span } = wish;
  const title =
    (await titleOf(deps, caller.userId, chatId)) ?? translatorFor(caller.locale)('settings.mute.unknownChat');
  const sealedTitle = deps.sealer.seal(title, contextOf(connection.id, chatId));
  const until = endOf(deps, { span, timeZone: zoneOf(caller, connection.preferences) });
  const changed = await deps.connections.changePreferences(connection.id, (preferences) => ({
    ...preferences,
    muted: [...without(preferences.muted, chatId, deps.clock.now()), { chatId, sealedTitle, until }].slice(-MAX_MUTED),
  }));
  return changed && mutesOf(deps, { ...connection, preferences: changed }, caller.locale);
}

/** Unmutes a chat. Null without a connection. */
export async function unmute(deps: CommandsDeps, caller: Caller, chatId: string): Promise<Mute[] | null> {
  const connection = await deps.connections.findByUser(caller.userId);
  if (!connection) return null;
  const changed = await deps.connections.changePreferences(connection.id, (preferences) => ({
    ...preferences,
    muted: without(preferences.muted, chatId, deps.clock.now()),
  }));
  return changed && mutesOf(deps, { ...connection, preferences: changed }, caller.locale);
}

/** Runs the button `mute` and replies with the new state. */
export async function pressMute(
  deps: CommandsDeps,
  caller: Caller,
  wish: { chatId: string; span: MuteSpan },
): Promise<Reply> {
  const mutes = await mute(deps, caller, wish);
  const made = mutes?.find(({ chatId }) => chatId === wish.chatId);
  if (!made) return connectFirst(caller.locale);
  const until = untilText(deps, caller, made);
  return {
    text: translatorFor(caller.locale)('settings.mute.done', { chat: escapeInline(made.title), until }),
    buttons: [unmuteButton(caller, made)],
  };
}

/** Runs the button `unmute` and replies with the new state; the same when pressed twice. */
export async function pressUnmute(deps: CommandsDeps, caller: Caller, chatId: string): Promise<Reply> {
  const t = translatorFor(caller.locale);
  if ((await unmute(deps, caller, chatId)) === null) return connectFirst(caller.locale);
  const title = (await titleOf(deps, caller.userId, chatId)) ?? t('settings.mute.unknownChat');
  return { text: t('settings.unmute.done', { chat: escapeInline(title) }) };
}

/** `mute`: the chats with the latest messages, each with a menu of spans. */
export async function offerMutes(deps: CommandsDeps, caller: Caller): Promise<Reply> {
  const { locale, userId } = caller;
  const t = translatorFor(locale);
  if (!(await deps.connections.findByUser(userId))) return connectFirst(locale);
  const rows = await deps.notices.list(userId, LOOKED_AT);
  const chats = new Map<string, string>();
  for (const row of rows) {
    if (chats.size < OFFERED && !chats.has(row.chatId)) chats.set(row.chatId, deps.notice(userId, row).chatTitle);
  }
  if (chats.size === 0) return { text: t('settings.mute.nothing') };
  const buttons = [...chats].map(([chatId, title]) => muteMenu(locale, { chatId, label: title }));
  return { text: t('settings.mute.title'), buttons };
}

/** `unmute`: the muted chats, each with a button. */
export async function offerUnmutes(deps: CommandsDeps, caller: Caller): Promise<Reply> {
  const t = translatorFor(caller.locale);
  const connection = await deps.connections.findByUser(caller.userId);
  if (!connection) return connectFirst(caller.locale);
  const mutes = mutesOf(deps, connection, caller.locale);
  if (mutes.length === 0) return { text: t('settings.unmute.nothing') };
  const lines = mutes.map((one) => `- **${escapeInline(one.title)}** ${untilText(deps, caller, one)}`);
  return {
    text: [t('settings.unmute.title'), ...lines].join('\n'),
    buttons: mutes.map((one) => unmuteButton(caller, one)),
  };
}

/** `until 15:00` in the user's time zone, or `for good`. */
export function untilText({ clock }: CommandsDeps, { locale, timeZone }: Caller, { until }: Mute): string {
  const t = translatorFor(locale);
  if (until === null) return t('settings.for.good');
  const time = clockText(until, {
    now: clock.now(),
    timeZone: timeZone ?? 'UTC',
    language: translatorFor(locale).language,
  });
  return t('settings.until', { time });
}

function muteMenu(locale: string, { chatId, label }: { chatId: string; label: string }): ReplyButton {
  const options = SPANS.map((span) => ({ label: translatorFor(locale)(`settings.span.${span}`), value: span }));
  return { label, style: 'default', action: `mute ${chatId}`, options };
}

function unmuteButton({ locale }: Caller, { chatId, title }: Mute): ReplyButton {
  return {
    label: translatorFor(locale)('settings.button.unmute', { chat: title }),
    style: 'default',
    action: `unmute ${chatId}`,
  };
}

function endOf({ clock }: CommandsDeps, { span, timeZone }: { span: MuteSpan; timeZone: string }): number | null {
  const now = clock.now();
  if (span === 'good') return null;
  return span === 'hour' ? now + HOUR : tomorrowMorning(timeZone, now);
}

function zoneOf({ timeZone }: Caller, { quietHours }: Preferences): string {
  return timeZone ?? quietHours?.timeZone ?? 'UTC';
}

/** Without a chat, and without the mutes that have ended, so that the list does not grow. */
function without(muted: readonly MutedChat[], chatId: string, now: number): MutedChat[] {
  return muted.filter((one) => one.chatId !== chatId && (one.until === null || one.until > now));
}

async function titleOf(deps: CommandsDeps, userId: string, chatId: string): Promise<string | null> {
  const row = await deps.notices.ofChat(userId, chatId);
  return row && deps.notice(userId, row).chatTitle;
}

/** A title that cannot be decrypted gets a general name: the user must still be able to unmute the chat. */
function open(
  { sealer }: CommandsDeps,
  connectionId: string,
  sealed: { chatId: string; sealedTitle: string; locale: string },
): string {
  try {
    return sealer.open(sealed.sealedTitle, contextOf(connectionId, sealed.chatId));
  } catch {
    return translatorFor(sealed.locale)('settings.mute.unknownChat');
  }
}

function contextOf(connectionId: string, chatId: string): string {
  return `muted-chat:${connectionId}:${chatId}`;
}
