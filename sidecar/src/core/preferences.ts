/** Which messages of a kind of chat are delivered: all, those that mention the user, or none. */
export type ChatChoice = 'all' | 'mentions' | 'none';

/** A daily time without notifications, as the user's clock shows it. What arrives meanwhile comes as one digest. */
export interface QuietHours {
  /** `HH:MM`, local. Equal to `to` means the whole day. */
  from: string;
  /** `HH:MM`, local; before `from` means the next morning. */
  to: string;
  /** IANA name, such as `Europe/Berlin`. */
  timeZone: string;
  /** When the digest comes: `HH:MM`, local. */
  digestAt: string;
}

/** A chat that is not delivered, except for direct mentions. */
export interface MutedChat {
  chatId: string;
  /** What the chat was called, sealed: nobody reads names in the database. */
  sealedTitle: string;
  /** Unix milliseconds, null for good. */
  until: number | null;
}

/** What a user chose about notifications. */
export interface Preferences {
  /** Nothing is delivered while false. */
  enabled: boolean;
  /** Deliver only while not active in Teams, or always. */
  when: 'away' | 'always';
  /** By kind of chat; one-to-one chats know no `mentions`. */
  chats: Record<'oneOnOne' | 'group' | 'meeting', ChatChoice>;
  /** A burst of messages from one chat goes into one post. */
  fold: boolean;
  quietHours: QuietHours | null;
  muted: readonly MutedChat[];
}

/** Preferences of a fresh connection: the bot asks before anything is delivered. */
export const DEFAULT_PREFERENCES: Preferences = {
  enabled: false,
  when: 'away',
  chats: { oneOnOne: 'all', group: 'all', meeting: 'all' },
  fold: true,
  quietHours: null,
  muted: [],
};

/** More muted chats than this are not kept: the oldest go first. */
export const MAX_MUTED = 200;

/** Preferences as stored, by this version or another: what is missing or unknown becomes the default. Never throws. */
export function readPreferences(json: string): Preferences {
  const stored = record(parse(json));
  const chats = record(stored.chats);
  const standard = DEFAULT_PREFERENCES;
  return {
    enabled: typeof stored.enabled === 'boolean' ? stored.enabled : standard.enabled,
    when: stored.when === 'always' ? 'always' : standard.when,
    chats: {
      oneOnOne: chats.oneOnOne === 'none' ? 'none' : 'all',
      group: readChoice(chats.group),
      meeting: readChoice(chats.meeting),
    },
    fold: typeof stored.fold === 'boolean' ? stored.fold : standard.fold,
    quietHours: readQuietHours(record(stored.quietHours)),
    muted: Array.isArray(stored.muted) ? stored.muted.flatMap((one) => readMuted(record(one))) : [],
  };
}

/** Whether a text is a local time, `HH:MM`. */
export function isLocalTime(text: unknown): text is string {
  return typeof text === 'string' && /^([01]\d|2[0-3]):[0-5]\d$/.test(text);
}

/** Whether this machine knows the time zone. */
export function isTimeZone(name: unknown): name is string {
  if (typeof name !== 'string' || name === '' || name.length > 64) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

function readChoice(value: unknown): ChatChoice {
  return value === 'mentions' || value === 'none' ? value : 'all';
}

function readQuietHours({ from, to, timeZone, digestAt }: Record<string, unknown>): QuietHours | null {
  if (!isLocalTime(from) || !isLocalTime(to) || !isTimeZone(timeZone)) return null;
  return { from, to, timeZone, digestAt: isLocalTime(digestAt) ? digestAt : to };
}

function readMuted({ chatId, sealedTitle, until }: Record<string, unknown>): MutedChat[] {
  if (typeof chatId !== 'string' || typeof sealedTitle !== 'string') return [];
  return [{ chatId, sealedTitle, until: typeof until === 'number' ? until : null }];
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
