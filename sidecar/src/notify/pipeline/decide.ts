import { digestTime, isQuiet } from '../../core/local-time.ts';
import type { Delivery } from '../../core/ports/deliveries.ts';
import type { Preferences } from '../../core/preferences.ts';
import { HOUR } from '../../core/time.ts';
import type { ChangeType, ChatKind, Connection, Decision, Message, Presence, SkipReason } from '../../core/types.ts';

/** The input of a decision. */
export interface DecisionFacts {
  /** Null when a deletion came without the message. */
  message: Message | null;
  change: ChangeType;
  connection: Connection;
  /** Null while it is not known: then the preference by kind of chat is ignored. */
  chatKind: ChatKind | null;
  presence: Presence;
  /** The delivery of this message to this user, null when there is none yet. */
  delivered: Delivery | null;
  now: number;
}

/** Presence that was not looked up. */
export const UNKNOWN_PRESENCE: Presence = { availability: null, activity: null };

/**
 * Microsoft retries a notification for up to four hours, so an edit may overtake its message by as much
 * (https://learn.microsoft.com/graph/change-notifications-delivery-webhooks).
 */
const OVERTAKING_MS = 4 * HOUR;

type Standing = 'engaged' | 'away' | 'active';

/**
 * Graph's availability and activity values, lower-case (https://learn.microsoft.com/graph/api/resources/presence). A value that is not listed
 * here is ignored. Of the two the stronger wins: engaged, then away, then active.
 */
const STANDING: Readonly<Record<string, Standing>> = {
  inacall: 'engaged',
  inaconferencecall: 'engaged',
  inameeting: 'engaged',
  presenting: 'engaged',
  focusing: 'engaged',
  away: 'away',
  offline: 'away',
  offwork: 'away',
  inactive: 'away',
  outofoffice: 'away',
  availableidle: 'away',
  availableinactive: 'away',
  busyidle: 'away',
  available: 'active',
  busy: 'active',
  donotdisturb: 'active',
  berightback: 'active',
  urgentinterruptionsonly: 'active',
};

/** Whether the user is active in Teams: then nothing is delivered. Unknown and missing values mean not active. */
export function isActive({ availability, activity }: Presence): boolean {
  const standings = [availability, activity].map((word) => (word === null ? undefined : STANDING[word.toLowerCase()]));
  if (standings.includes('engaged')) return true;
  return !standings.includes('away') && standings.includes('active');
}

/** Decides what to do with a notification. Pure. */
export function decide(facts: DecisionFacts): Decision {
  const { message, change, connection, delivered } = facts;
  if (change === 'deleted' || message?.deletedAt != null) return decideRemoval(delivered);
  if (message === null) return skip('unreadable');
  if (message.kind === 'system') return skip('system_event');
  if (message.sender?.kind === 'user' && message.sender.id?.toLowerCase() === connection.oid)
    return skip('own_message');
  if (delivered === null)
    return change === 'created' || mayHaveOvertaken(facts, message)
      ? decideNew(facts, message)
      : skip('never_delivered');
  switch (delivered.state) {
    // The request may have been sent: only `deliver`, which searches the channel, can end this.
    case 'posting':
      return { action: 'deliver' };
    case 'skipped':
      return skip(change === 'created' ? 'duplicate' : 'never_delivered');
    case 'removed':
      return skip('message_gone');
    case 'posted':
      return decideChange(message, delivered);
  }
}

function decideRemoval(delivered: Delivery | null): Decision {
  if (delivered?.state === 'posted' || delivered?.state === 'posting') return { action: 'remove' };
  return skip(delivered?.state === 'removed' ? 'duplicate' : 'never_delivered');
}

// Every decided message keeps a row for longer than this, so no row means that its first notification is still to come (or was lost).
// Messages from before the connection never had one.
function mayHaveOvertaken({ connection, now }: DecisionFacts, message: Message): boolean {
  return message.createdAt >= connection.connectedAt && now - message.createdAt <= OVERTAKING_MS;
}

function decideNew(facts: DecisionFacts, message: Message): Decision {
  const { connection, presence, now } = facts;
  const { preferences } = connection;
  const refusal = preferences.enabled ? refusalByChat(facts, message) : 'notifications_off';
  if (refusal !== null) return skip(refusal);
  if (preferences.when === 'away' && isActive(presence)) return skip('active_in_teams');
  const { quietHours } = preferences;
  if (quietHours !== null && isQuiet(quietHours, now)) return { action: 'defer', until: digestTime(quietHours, now) };
  return { action: 'deliver' };
}

function refusalByChat({ connection, chatKind, now }: DecisionFacts, message: Message): SkipReason | null {
  const { chats, muted } = connection.preferences;
  const choice = chatKind === null ? 'all' : chats[chatKind];
  const mention = mentionOf(message, connection.oid);
  if (choice === 'none') return 'chat_kind_off';
  if (choice === 'mentions' && mention === null) return 'not_mentioned';
  const isMuted = muted.some(({ chatId, until }) => chatId === message.chatId && (until === null || until > now));
  return isMuted && mention !== 'direct' ? 'chat_muted' : null;
}

/** How a message mentions this user: directly by name, with the whole chat (`everybody`), or not at all. */
export function mentionOf({ mentions }: Message, oid: string): 'direct' | 'everybody' | null {
  if (mentions.some((mention) => mention.oid?.toLowerCase() === oid)) return 'direct';
  return mentions.some(({ kind }) => kind === 'chat') ? 'everybody' : null;
}

/** Whether the kind of the chat can change a decision, so that it must be looked up. */
export function mindsChatKind({ chats }: Preferences): boolean {
  return Object.values(chats).some((choice) => choice !== 'all');
}

// Reactions raise the version and `lastModifiedDateTime`, a person's edit also `lastEditedDateTime` (https://learn.microsoft.com/graph/api/resources/chatmessage).
// A message that data-loss prevention blocked has lost its text without an edit.
function decideChange(message: Message, delivered: Delivery): Decision {
  const isOlder = delivered.modifiedAt !== null && message.lastModifiedAt <= delivered.modifiedAt;
  if (isOlder || message.version === delivered.version) return skip('duplicate');
  if (message.lastEditedAt === delivered.editedAt && !message.blocked) return skip('unchanged');
  return { action: 'update' };
}

function skip(reason: SkipReason): Decision {
  return { action: 'skip', reason };
}
