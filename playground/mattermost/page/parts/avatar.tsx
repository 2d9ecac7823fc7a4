import React from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../i18n/text.ts';
import { nameOf } from '../store/selectors.ts';
import type { User } from '../types.ts';

const SIZES: Record<string, number> = { xxs: 16, xs: 20, sm: 24, md: 32, lg: 36, xl: 50, xxl: 128 };
const COLOURS = ['#1c58d9', '#7a4fd0', '#0f7b6c', '#b3541e', '#a3305f', '#3d6b1f', '#20639b', '#8a5a00'];

/** The address of a user's picture. */
export function imageUrl(userId: string, updatedAt = 0): string {
  return `/api/v4/users/${userId}/image?_=${updatedAt}`;
}

/** A round picture; without a picture the first letter on a color that stays with the name. */
export function Avatar(props: { url?: string; username?: string; size?: string; text?: string }): React.ReactElement {
  const { url = '', username = '', text, size = 'md' } = props;
  const [failedUrl, setFailedUrl] = React.useState('');
  const pixels = SIZES[size] ?? 32;
  const box = { width: pixels, height: pixels, fontSize: pixels * 0.45 };
  if (url !== '' && url !== failedUrl) {
    return (
      <img className="Avatar" style={box} src={url} alt={`${username} profile`} onError={() => setFailedUrl(url)} />
    );
  }
  const sum = Array.from(username).reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return (
    <span
      className="Avatar Avatar-plain"
      style={{ ...box, backgroundColor: COLOURS[sum % COLOURS.length] }}
      aria-hidden="true"
    >
      {(text ?? username).slice(0, 1).toUpperCase()}
    </span>
  );
}

/** A user's picture. */
export function UserAvatar({ user, size = 'md' }: { user: User | undefined; size?: string }): React.ReactElement {
  const url = user === undefined ? '' : imageUrl(user.id, user.last_picture_update ?? 0);
  return <Avatar url={url} username={user?.username ?? '?'} text={nameOf(user)} size={size} />;
}

/** The BOT tag beside a name. */
export function BotBadge({ className = '' }: { className?: string }): React.ReactElement {
  const text = useText();
  return <span className={`Tag BotTag ${className}`}>{text('post.bot')}</span>;
}

/** A point in time (milliseconds) as the reader's clock shows it, the full date in the tooltip. */
export function Timestamp({ value }: { value: number | Date }): React.ReactElement {
  const intl = useIntl();
  const full = intl.formatDate(value, { dateStyle: 'full', timeStyle: 'short' });
  return (
    <time dateTime={new Date(value).toISOString()} title={full}>
      {intl.formatTime(value, { timeStyle: 'short' })}
    </time>
  );
}
