import React, { useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { PreferencesView } from '../../../../sidecar/src/api/schema.ts';
import type { RowProps } from './setting-row.tsx';
import { SettingRow } from './setting-row.tsx';

type Chats = PreferencesView['chats'];

const KINDS = ['oneOnOne', 'group', 'meeting'] as const;
const CHOICES = {
  oneOnOne: ['all', 'none'],
  group: ['all', 'mentions', 'none'],
  meeting: ['all', 'mentions', 'none'],
} as const;

/** Which messages are delivered, by kind of chat. */
export function ChatsRow({ preferences, actions }: RowProps) {
  const [chats, setChats] = useState<Chats>(preferences.chats);
  return (
    <SettingRow
      titleId="msteams_connect.chats.title"
      summary={<Summary chats={preferences.chats} />}
      onOpen={() => setChats(preferences.chats)}
      onSave={() => actions.savePreferences({ chats })}
    >
      <div className="msteams-grid" style={{ marginTop: 12 }}>
        {KINDS.map((kind) => (
          <KindChoice
            key={kind}
            kind={kind}
            value={chats[kind]}
            onChange={(value) => setChats({ ...chats, [kind]: value })}
          />
        ))}
      </div>
    </SettingRow>
  );
}

interface KindProps {
  kind: (typeof KINDS)[number];
  value: string;
  onChange(value: string): void;
}

function KindChoice({ kind, value, onChange }: KindProps) {
  const intl = useIntl();
  return (
    <label>
      <FormattedMessage id={`msteams_connect.chats.${kind.toLowerCase()}`} />
      <select className="form-control" value={value} onChange={(event) => onChange(event.target.value)}>
        {CHOICES[kind].map((choice) => (
          <option key={choice} value={choice}>
            {intl.formatMessage({ id: `msteams_connect.chats.choice.${choice}` })}
          </option>
        ))}
      </select>
    </label>
  );
}

function Summary({ chats }: { chats: Chats }) {
  if (KINDS.every((kind) => chats[kind] === 'all')) return <FormattedMessage id="msteams_connect.chats.everything" />;
  return (
    <>
      {KINDS.map((kind, at) => (
        <React.Fragment key={kind}>
          {at > 0 && ' · '}
          <FormattedMessage id={`msteams_connect.chats.${kind.toLowerCase()}`} />
          {': '}
          <FormattedMessage id={`msteams_connect.chats.choice.${chats[kind]}`} />
        </React.Fragment>
      ))}
    </>
  );
}
