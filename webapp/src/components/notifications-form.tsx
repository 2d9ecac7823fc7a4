import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { PreferencesView } from '../../../sidecar/src/api/schema.ts';
import type { Model } from '../actions.ts';
import type { State } from '../reducer.ts';
import { ChatsRow } from './chats-row.tsx';
import { changeOf, WHEN, type When, whenOf } from './delivery-mode.ts';
import { Section } from './form-section.tsx';
import { MuteList } from './mute-list.tsx';
import { QuietRow } from './quiet-hours-row.tsx';
import { Choices } from './radio-group.tsx';
import { SettingRow } from './setting-row.tsx';

/** One row of settings. */
export interface RowProps {
  preferences: PreferencesView;
  model: Model;
}

/** What arrives and when. Saved at the sidecar, so that it is the same everywhere. */
export function NotificationsForm({ state, model }: { state: State; model: Model }) {
  const { me } = state;
  if (!me?.connection) {
    return (
      <Section titleId="msteams_connect.settings.notifications">
        <FormattedMessage id="msteams_connect.notifications.first" />
      </Section>
    );
  }
  const { preferences } = me;
  return (
    <>
      <WhenRow preferences={preferences} model={model} />
      <ChatsRow preferences={preferences} model={model} />
      <FoldRow preferences={preferences} model={model} />
      <QuietRow preferences={preferences} model={model} />
      <Section titleId="msteams_connect.mutes.title">
        <MuteList mutes={state.mutes} model={model} />
      </Section>
    </>
  );
}

function WhenRow({ preferences, model }: RowProps) {
  const [choice, setChoice] = useState(whenOf(preferences));
  return (
    <SettingRow
      titleId="msteams_connect.when.title"
      summary={<FormattedMessage id={`msteams_connect.when.${whenOf(preferences)}`} />}
      onOpen={() => setChoice(whenOf(preferences))}
      onSave={() => model.savePreferences(changeOf(choice))}
    >
      <Choices<When>
        name="when"
        legendId="msteams_connect.when.legend"
        choices={WHEN.map((value) => ({
          value,
          labelId: `msteams_connect.when.${value}`,
          ...(value === 'away' ? { helpId: 'msteams_connect.when.away.help' } : {}),
        }))}
        value={choice}
        onChange={setChoice}
      />
    </SettingRow>
  );
}

const FOLD = ['on', 'off'] as const;
type Fold = (typeof FOLD)[number];

function FoldRow({ preferences, model }: RowProps) {
  const now = preferences.fold ? 'on' : 'off';
  const [choice, setChoice] = useState<Fold>(now);
  return (
    <SettingRow
      titleId="msteams_connect.fold.title"
      summary={<FormattedMessage id={`msteams_connect.fold.${now}`} />}
      onOpen={() => setChoice(now)}
      onSave={() => model.savePreferences({ fold: choice === 'on' })}
    >
      <Choices<Fold>
        name="fold"
        legendId="msteams_connect.fold.legend"
        choices={FOLD.map((value) => ({ value, labelId: `msteams_connect.fold.${value}` }))}
        value={choice}
        onChange={setChoice}
      />
    </SettingRow>
  );
}
