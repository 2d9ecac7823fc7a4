import React, { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { Actions } from '../../actions.ts';
import type { State } from '../../reducer.ts';
import { GhostButton } from '../controls/ghost-button.tsx';
import { Icon } from '../controls/icons.tsx';
import { Menu } from '../controls/menu.tsx';
import { Problem } from '../controls/problem.tsx';
import { useUntil } from '../use-until.ts';
import type { Card } from './card-props.ts';
import { appLink } from './card-props.ts';

interface Props {
  card: Card;
  state: State;
  actions: Actions;
  onSettings(): void;
}

const SPANS = ['hour', 'tomorrow', 'good'] as const;

/** Below the card: open in Teams, mute the chat, settings, why this notification was delivered. */
export function CardActions({ card, state, actions, onSettings }: Props) {
  const [asked, setAsked] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);

  async function run(work: () => Promise<boolean>) {
    setBusy(true);
    setFailed(!(await work()));
    setBusy(false);
  }

  return (
    <>
      <div className="msteams-card__foot">
        <OpenLinks link={card.link} />
        <Menu
          icon="mute"
          labelId="msteams_connect.card.mute"
          disabled={busy}
          items={SPANS.map((span) => ({
            labelId: `msteams_connect.card.span.${span}`,
            onSelect: () => void run(() => actions.mute({ chatId: card.chatId, span })),
          }))}
        />
        <GhostButton icon="settings" labelId="msteams_connect.card.settings" onClick={onSettings} />
        <GhostButton icon="help" labelId="msteams_connect.card.why" expanded={asked} onClick={() => setAsked(!asked)} />
      </div>
      <div role="status">
        <Muted card={card} state={state} onUnmute={() => void run(() => actions.unmute(card.chatId))} />
        {asked && <Why card={card} />}
      </div>
      {failed && <Problem problem={state.problem} />}
    </>
  );
}

function OpenLinks({ link }: { link: string }) {
  const intl = useIntl();
  const app = intl.formatMessage({ id: 'msteams_connect.card.open.app' });
  return (
    <>
      <a className="msteams-ghost msteams-ghost--strong" href={link} target="_blank" rel="noopener noreferrer">
        <Icon name="open" /> <FormattedMessage id="msteams_connect.card.open" />
      </a>
      <a className="msteams-ghost msteams-card__app" href={appLink(link)} aria-label={app} title={app}>
        <Icon name="app" />
      </a>
    </>
  );
}

function Muted({ card, state, onUnmute }: { card: Card; state: State; onUnmute(): void }) {
  const mute = state.mutes.find(({ chatId }) => chatId === card.chatId);
  const until = useUntil(mute?.until ?? null);
  if (!mute) return null;
  return (
    <p className="msteams-card__note">
      <FormattedMessage id="msteams_connect.card.muted" values={{ until }} />{' '}
      <button type="button" className="btn-link" style={{ padding: 0, border: 0 }} onClick={onUnmute}>
        <FormattedMessage id="msteams_connect.mutes.unmute" />
      </button>
    </p>
  );
}

function Why({ card }: { card: Card }) {
  return (
    <p className="msteams-card__note">
      <FormattedMessage id={`msteams_connect.card.why.${card.why}`} />{' '}
      {card.mentioned && (
        <>
          <FormattedMessage id="msteams_connect.card.why.mentioned" />{' '}
        </>
      )}
      <FormattedMessage id="msteams_connect.card.why.change" />
    </p>
  );
}
