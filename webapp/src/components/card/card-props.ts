/** `props.msteams` of the bot's post, as sidecar/src/notify/post/compose.ts writes it. */
export interface Card {
  chatId: string;
  chatKind: 'oneOnOne' | 'group' | 'meeting';
  chatTitle: string;
  members: number;
  sender: string;
  senderNote: string;
  link: string;
  /** Unix milliseconds. */
  sentAt: number;
  importance: 'normal' | 'high' | 'urgent';
  edited: boolean;
  deleted: boolean;
  late: boolean;
  mentioned: boolean;
  why: 'away' | 'always';
  /** Markdown. */
  body: string;
}

/**
 * Reads and validates the props of a post. Null when they are missing, malformed or of another version; the post's text is shown then.
 * Any user can write any props, so `link` must be an http(s) address.
 */
export function readCard(props: unknown): Card | null {
  const { chatId, sender, link, body, ...raw } = record(record(props).msteams);
  if (typeof chatId !== 'string' || typeof sender !== 'string' || typeof body !== 'string' || !isWebAddress(link))
    return null;
  return {
    chatId,
    sender,
    link,
    body,
    chatKind: raw.chatKind === 'group' || raw.chatKind === 'meeting' ? raw.chatKind : 'oneOnOne',
    chatTitle: typeof raw.chatTitle === 'string' ? raw.chatTitle : 'Teams',
    members: typeof raw.members === 'number' ? raw.members : 0,
    senderNote: typeof raw.senderNote === 'string' ? raw.senderNote : '',
    sentAt: typeof raw.sentAt === 'number' ? raw.sentAt : 0,
    importance: raw.importance === 'high' || raw.importance === 'urgent' ? raw.importance : 'normal',
    edited: raw.edited === true,
    deleted: raw.deleted === true,
    late: raw.late === true,
    mentioned: raw.mentioned === true,
    why: raw.why === 'always' ? 'always' : 'away',
  };
}

/** Whether a post is the digest of quiet hours. */
export function isDigest(props: unknown): boolean {
  return record(record(props).msteams).digest === true;
}

/**
 * The deep link with the protocol of the Teams app: `msteams:/l/message/…`.
 * https://learn.microsoft.com/microsoftteams/platform/concepts/build-and-test/deep-links
 */
export function appLink(link: string): string {
  const { pathname, search } = new URL(link);
  return `msteams:${pathname}${search}`;
}

/** At most two letters, for the avatar. */
export function initials(name: string): string {
  const words = name.split(/\s+/u).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = words.length > 1 ? [words[0], words.at(-1)] : words;
  return letters.map((word) => [...(word ?? '')][0]?.toUpperCase() ?? '').join('') || '?';
}

function isWebAddress(link: unknown): link is string {
  return typeof link === 'string' && /^https?:\/\//.test(link) && URL.canParse(link);
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
