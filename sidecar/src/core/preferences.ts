import { type Static, type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

const closed = { additionalProperties: false };

const chatChoiceSchema = Type.Union([Type.Literal('all'), Type.Literal('mentions'), Type.Literal('none')]);
const localTimeSchema = Type.String({ pattern: '^([01]\\d|2[0-3]):[0-5]\\d$', description: 'HH:MM' });

/** A daily time without notifications, as the user's clock shows it. What arrives meanwhile comes as one digest. */
const quietHoursSchema = Type.Object(
  {
    /** Equal to `to` means the whole day. */
    from: localTimeSchema,
    /** Before `from` means the next morning. */
    to: localTimeSchema,
    timeZone: Type.String({ minLength: 1, maxLength: 64, description: 'IANA name, such as Europe/Berlin' }),
    /** When the digest comes. */
    digestAt: localTimeSchema,
  },
  closed,
);

/** A chat that is not delivered, except for direct mentions. */
const mutedChatSchema = Type.Object({
  chatId: Type.String(),
  /** What the chat was called, encrypted: the database holds no names. */
  sealedTitle: Type.String(),
  /** Unix milliseconds, null for good. */
  until: Type.Union([Type.Number(), Type.Null()]),
});

/** What a user chose about notifications; the API validates with the same schema (without the muted chats). */
export const preferencesSchema = Type.Object(
  {
    /** Nothing is delivered while false. */
    enabled: Type.Boolean(),
    /** Deliver only while not active in Teams, or always. */
    when: Type.Union([Type.Literal('away'), Type.Literal('always')]),
    /** Which messages are delivered, by kind of chat: all, those that mention the user, or none. */
    chats: Type.Object(
      {
        oneOnOne: Type.Union([Type.Literal('all'), Type.Literal('none')]),
        group: chatChoiceSchema,
        meeting: chatChoiceSchema,
      },
      closed,
    ),
    /** A burst of messages from one chat goes into one post. */
    fold: Type.Boolean(),
    quietHours: Type.Union([quietHoursSchema, Type.Null()]),
    muted: Type.Array(mutedChatSchema),
  },
  closed,
);

export type Preferences = Static<typeof preferencesSchema>;
export type QuietHours = Static<typeof quietHoursSchema>;
export type MutedChat = Static<typeof mutedChatSchema>;

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

/** For the usual case: read with every delivery, and about ten times as fast as `Value.Check`. */
const complete = Compile(preferencesSchema);

/** Preferences as stored, by this version or another: missing and unknown values become the default. Never throws. */
export function readPreferences(json: string): Preferences {
  const stored = parse(json);
  const isKnownZone = (hours: QuietHours | null) => hours === null || isTimeZone(hours.timeZone);
  return complete.Check(stored) && isKnownZone(stored.quietHours) ? stored : repair(record(stored));
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

function repair(stored: Record<string, unknown>): Preferences {
  const chats = record(stored.chats);
  const { enabled, when, chats: kinds, fold } = preferencesSchema.properties;
  const { oneOnOne, group, meeting } = kinds.properties;
  const standard = DEFAULT_PREFERENCES;
  return {
    enabled: valid(enabled, stored.enabled, standard.enabled),
    when: valid(when, stored.when, standard.when),
    chats: {
      oneOnOne: valid(oneOnOne, chats.oneOnOne, standard.chats.oneOnOne),
      group: valid(group, chats.group, standard.chats.group),
      meeting: valid(meeting, chats.meeting, standard.chats.meeting),
    },
    fold: valid(fold, stored.fold, standard.fold),
    quietHours: readQuietHours(record(stored.quietHours)),
    muted: Array.isArray(stored.muted) ? stored.muted.flatMap((chat) => readMutedChat(record(chat))) : [],
  };
}

function valid<T extends TSchema>(schema: T, value: unknown, fallback: Static<T>): Static<T> {
  return Value.Check(schema, value) ? value : fallback;
}

/** Earlier versions stored no `digestAt`: the digest came at the end. */
function readQuietHours({ from, to, timeZone, digestAt }: Record<string, unknown>): QuietHours | null {
  const hours = { from, to, timeZone, digestAt: Value.Check(localTimeSchema, digestAt) ? digestAt : to };
  return isTimeZone(timeZone) && Value.Check(quietHoursSchema, hours) ? hours : null;
}

function readMutedChat({ chatId, sealedTitle, until }: Record<string, unknown>): MutedChat[] {
  const chat = { chatId, sealedTitle, until: typeof until === 'number' ? until : null };
  return Value.Check(mutedChatSchema, chat) ? [chat] : [];
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
