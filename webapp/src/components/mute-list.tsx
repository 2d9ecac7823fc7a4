import React from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { MuteView } from '../../../sidecar/src/api/schema.ts';
import type { Actions } from '../actions.ts';
import { useUntil } from './use-until.ts';

/** The muted chats, each with a button to unmute it. */
export function MuteList({ mutes, actions }: { mutes: MuteView[]; actions: Actions }) {
  if (mutes.length === 0) {
    return (
      <p className="msteams-soft">
        <FormattedMessage id="msteams_connect.mutes.none" />
      </p>
    );
  }
  return (
    <ul className="msteams-list">
      {mutes.map((mute) => (
        <Muted key={mute.chatId} mute={mute} onUnmute={() => void actions.unmute(mute.chatId)} />
      ))}
    </ul>
  );
}

function Muted({ mute, onUnmute }: { mute: MuteView; onUnmute(): void }) {
  const intl = useIntl();
  const until = useUntil(mute.until);
  return (
    <li>
      <span className="msteams-list__text">
        {mute.title} <span className="msteams-soft">{until}</span>
      </span>
      <button
        type="button"
        className="msteams-ghost msteams-ghost--strong"
        aria-label={intl.formatMessage({ id: 'msteams_connect.mutes.unmute.chat' }, { chat: mute.title })}
        onClick={onUnmute}
      >
        <FormattedMessage id="msteams_connect.mutes.unmute" />
      </button>
    </li>
  );
}
