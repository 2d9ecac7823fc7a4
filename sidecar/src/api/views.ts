import type { Notice, NoticeRow } from '../core/ports/digests.ts';
import type { Preferences } from '../core/preferences.ts';
import type { Connection, Reply } from '../core/types.ts';
import type { ConnectionView, NotificationView, PreferencesView, ReplyView } from './schema.ts';

/** The preferences without the muted chats, which are a list of their own. */
export function preferencesView({ muted: _, ...preferences }: Preferences): PreferencesView {
  return preferences;
}

/** One entry of the list of the last notifications. */
export function notificationView({ chatId, messageId, postId, postedAt }: NoticeRow, notice: Notice): NotificationView {
  return { ...notice, chatId, messageId, postId, postedAt };
}

/** A reply for the webapp; `sign` signs the actions of its buttons. */
export function replyView({ text, buttons = [], openUrl = '' }: Reply, sign: (action: string) => string): ReplyView {
  return {
    text,
    buttons: buttons.map(({ label, style, action, options = [] }) => ({
      label,
      style,
      action: sign(action),
      options: [...options],
    })),
    openUrl: openUrl || null,
  };
}

/** The connection as its user sees it; `problem` is a sentence in the user's language, or null. */
export function connectionView(connection: Connection, problem: string | null): ConnectionView {
  const { state, accountName, accountAddress, connectedAt, lastDeliveryAt } = connection;
  return { state, accountName, accountAddress, connectedAt, lastDeliveryAt, problem };
}
