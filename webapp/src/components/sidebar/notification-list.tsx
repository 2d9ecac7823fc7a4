import React from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { NotificationView, PreferencesView } from '../../../../sidecar/src/api/schema.ts';
import { openPost } from '../../host.ts';
import { Icon } from '../controls/icons.tsx';

interface Props {
  notifications: NotificationView[] | null;
  preferences: PreferencesView;
  teamName: string;
}

/** The last notifications: sender and chat, with links to the post and to the message in Teams. */
export function NotificationList({ notifications, preferences, teamName }: Props) {
  if (notifications === null) return <FormattedMessage id="msteams_connect.connection.loading" />;
  if (notifications.length === 0) {
    return (
      <p className="msteams-soft">
        <FormattedMessage id={preferences.enabled ? 'msteams_connect.news.none' : 'msteams_connect.news.off'} />
      </p>
    );
  }
  return (
    <ul className="msteams-list">
      {notifications.map((one) => (
        <NotificationItem key={`${one.chatId} ${one.messageId}`} notification={one} teamName={teamName} />
      ))}
    </ul>
  );
}

function NotificationItem({ notification, teamName }: { notification: NotificationView; teamName: string }) {
  const intl = useIntl();
  const open = intl.formatMessage({ id: 'msteams_connect.news.open' }, { sender: notification.sender });
  return (
    <li>
      <button type="button" className="msteams-panel__news" onClick={() => openPost(teamName, notification.postId)}>
        <span className="msteams-panel__line">
          <strong>{notification.sender}</strong>
          <time className="msteams-soft" dateTime={new Date(notification.sentAt).toISOString()}>
            <SentAt at={notification.sentAt} />
          </time>
        </span>
        <span className="msteams-panel__line msteams-soft">
          <span>
            {notification.chatKind === 'oneOnOne' ? (
              <FormattedMessage id="msteams_connect.card.kind.oneonone" />
            ) : (
              notification.chatTitle
            )}
          </span>
          {notification.mentioned && (
            <span className="msteams-tag">
              <FormattedMessage id="msteams_connect.news.mentioned" />
            </span>
          )}
        </span>
      </button>
      <a
        className="msteams-ghost"
        href={notification.link}
        target="_blank"
        rel="noopener noreferrer"
        aria-label={open}
        title={open}
      >
        <Icon name="open" />
      </a>
    </li>
  );
}

function SentAt({ at }: { at: number }) {
  const intl = useIntl();
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return <>{isToday ? intl.formatTime(at) : intl.formatDate(at, { day: 'numeric', month: 'short' })}</>;
}
