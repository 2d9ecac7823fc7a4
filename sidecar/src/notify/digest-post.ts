import { plainName } from '../core/escape-markdown.ts';
import type { Notice } from '../core/ports/digests.ts';
import type { PostDraft } from '../core/types.ts';
import type { Translate } from '../i18n/translate.ts';
import { translatorFor } from '../i18n/translate.ts';
import { POST_TYPE } from './post/compose.ts';

/** A notice with its chat. */
export interface ListedNotice extends Notice {
  chatId: string;
}

/** More chats than this are counted, not listed. */
const MAX_CHATS = 50;
const MAX_SENDERS = 3;

interface ChatOfDigest {
  title: string;
  kind: Notice['chatKind'];
  count: number;
  senders: string[];
  mentioned: boolean;
  /** To the first deferred message of the chat, so that the user continues reading where they stopped. */
  link: string;
}

/** The messages of quiet hours as one post: senders, chats and counts, with a link to the first message of each chat. Pure. */
export function composeDigest(notices: readonly ListedNotice[], locale: string): PostDraft {
  const chats = chatsOf(notices);
  const count = notices.length;
  const t = translatorFor(locale);
  const lines = chats.slice(0, MAX_CHATS).map((chat) => `- ${lineOf(chat, t)}`);
  const rest = chats.length - lines.length;
  if (rest > 0) lines.push(`- ${t('digest.more', { count: rest })}`);
  return {
    message: [t('digest.title', { count }), lines.join('\n'), t('digest.settings')].join('\n\n'),
    type: POST_TYPE,
    props: {
      mentionHighlightDisabled: true,
      disable_group_highlight: true,
      msteams: { v: 1, digest: true },
    },
  };
}

/** Chats that mention the user first, then those with the most messages. */
function chatsOf(notices: readonly ListedNotice[]): ChatOfDigest[] {
  const chats = new Map<string, ChatOfDigest>();
  for (const { chatId, chatTitle, chatKind, link, sender, mentioned } of notices) {
    const chat = chats.get(chatId) ?? {
      title: chatTitle,
      kind: chatKind,
      count: 0,
      senders: [],
      mentioned: false,
      link,
    };
    chat.count += 1;
    chat.mentioned ||= mentioned;
    if (!chat.senders.includes(sender)) chat.senders.push(sender);
    chats.set(chatId, chat);
  }
  return [...chats.values()].sort((a, b) => Number(b.mentioned) - Number(a.mentioned) || b.count - a.count);
}

function lineOf({ title, kind, count, senders, mentioned, link }: ChatOfDigest, t: Translate): string {
  const named = senders.slice(0, MAX_SENDERS).map((name) => plainName(name, 60));
  const who = senders.length > MAX_SENDERS ? `${named.join(', ')} ${t('digest.others')}` : named.join(', ');
  const parts = [
    `**[${plainName(title, 200)}](${link})**`,
    kind === 'oneOnOne' ? t('post.directChat') : who,
    t('digest.chat', { count }),
    ...(mentioned ? [`**${t('digest.mentioned')}**`] : []),
  ];
  return parts.join(' · ');
}
