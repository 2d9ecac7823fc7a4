import type { GlobalState } from '@mattermost/types/store';
import React from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { useSelector } from 'react-redux';
import type { Actions } from '../../actions.ts';
import type { HostStore, PostTypeProps } from '../../host.ts';
import { openSettings, renderMarkdown } from '../../host.ts';
import type { State } from '../../reducer.ts';
import { isBot } from '../../selectors.ts';
import { GhostButton } from '../controls/ghost-button.tsx';
import { CardActions } from './card-actions.tsx';
import type { Card } from './card-props.ts';
import { initials, isDigest, readCard } from './card-props.ts';

/** The post type of notifications and digests, as the sidecar writes it. */
export const CARD_POST_TYPE = 'custom_msteams_connect';

export interface CardDeps {
  id: string;
  store: HostStore;
  actions: Actions;
  select(state: GlobalState): State;
}

/** Renders a notification as a card. Mattermost renders the post's files (pictures) below it. */
export function createCard({ id, store, actions, select }: CardDeps) {
  const settings = () => openSettings(store, id);
  return function NotificationCard({ post, compactDisplay = false }: PostTypeProps) {
    const state = useSelector(select);
    const trusted = useSelector((all: GlobalState) => isBot(all, post.user_id));
    const card = trusted ? readCard(post.props) : null;
    if (!card) {
      return (
        <div className="msteams-digest" data-testid="msteams-card">
          {renderMarkdown(post.message)}
          {trusted && isDigest(post.props) && (
            <GhostButton icon="settings" labelId="msteams_connect.card.settings" onClick={settings} />
          )}
        </div>
      );
    }
    const look = `msteams-card${compactDisplay ? ' msteams-card--compact' : ''}${card.deleted ? ' msteams-card--deleted' : ''}`;
    return (
      <div className={look} data-testid="msteams-card">
        <Head card={card} />
        <div className="msteams-card__body">{renderMarkdown(card.body)}</div>
        <CardActions card={card} state={state} actions={actions} onSettings={settings} />
      </div>
    );
  };
}

function Head({ card }: { card: Card }) {
  return (
    <div className="msteams-card__head">
      <span className="msteams-card__avatar" aria-hidden="true">
        {initials(card.sender)}
      </span>
      <div className="msteams-card__names">
        <div className="msteams-card__who">
          <strong>{card.sender}</strong>
          {card.senderNote !== '' && ` (${card.senderNote})`}
          <Marks card={card} />
        </div>
        <div className="msteams-card__where">
          <Where card={card} />
        </div>
      </div>
    </div>
  );
}

function Marks({ card }: { card: Card }) {
  return (
    <>
      {card.importance !== 'normal' && (
        <span className="msteams-tag msteams-tag--strong">
          <FormattedMessage id={`msteams_connect.card.importance.${card.importance}`} />
        </span>
      )}
      {card.late && (
        <span className="msteams-tag">
          <FormattedMessage id="msteams_connect.card.late" />
        </span>
      )}
      {card.edited && !card.deleted && (
        <span className="msteams-tag">
          <FormattedMessage id="msteams_connect.card.edited" />
        </span>
      )}
    </>
  );
}

function Where({ card }: { card: Card }) {
  const { chatKind, chatTitle, members, link, sentAt } = card;
  const time = useTime(sentAt);
  const kind = <FormattedMessage id={`msteams_connect.card.kind.${chatKind.toLowerCase()}`} values={{ members }} />;
  const isDirect = chatKind === 'oneOnOne';
  return (
    <>
      <a href={link} target="_blank" rel="noopener noreferrer">
        {isDirect ? kind : chatTitle}
      </a>
      {!isDirect && <> · {kind}</>}
      {time !== null && (
        <>
          {' · '}
          <time dateTime={new Date(sentAt).toISOString()}>{time}</time>
        </>
      )}
    </>
  );
}

/** Time of day, with the date unless it is today; null for an invalid time. */
function useTime(at: number): string | null {
  const intl = useIntl();
  if (at <= 0 || Number.isNaN(new Date(at).getTime())) return null;
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const isToday = new Date(at).toDateString() === new Date().toDateString();
  return isToday ? intl.formatTime(at, time) : intl.formatDate(at, { day: 'numeric', month: 'short', ...time });
}
