import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { Actions } from '../../actions.ts';
import type { State } from '../../reducer.ts';
import { RadioGroup } from '../controls/radio-group.tsx';
import { DELIVERY_MODES, type DeliveryMode, deliveryModeOf, preferencesFor } from '../delivery-mode.ts';
import { MuteList } from '../mute-list.tsx';
import { ChatsRow } from './chats-row.tsx';
import { FormSection } from './form-section.tsx';
import { QuietHoursRow } from './quiet-hours-row.tsx';
import type { RowProps } from './setting-row.tsx';
import { SettingRow } from './setting-row.tsx';

/** The preferences, one row each. */
export function NotificationsForm({ state, actions }: { state: State; actions: Actions }) {
  const { me } = state;
  if (!me?.connection) {
    return (
      <FormSection titleId="msteams_connect.settings.notifications">
        <FormattedMessage id="msteams_connect.notifications.first" />
      </FormSection>
    );
  }
  const { preferences } = me;
  return (
    <>
      <WhenRow preferences={preferences} actions={actions} />
      <ChatsRow preferences={preferences} actions={actions} />
      <FoldRow preferences={preferences} actions={actions} />
      <QuietHoursRow preferences={preferences} actions={actions} />
      <FormSection titleId="msteams_connect.mutes.title">
        <MuteList mutes={state.mutes} actions={actions} />
      </FormSection>
    </>
  );
}

function WhenRow({ preferences, actions }: RowProps) {
  const [choice, setChoice] = useState(deliveryModeOf(preferences));
  return (
    <SettingRow
      titleId="msteams_connect.when.title"
      summary={<FormattedMessage id={`msteams_connect.when.${deliveryModeOf(preferences)}`} />}
      onOpen={() => setChoice(deliveryModeOf(preferences))}
      onSave={() => actions.savePreferences(preferencesFor(choice))}
    >
      <RadioGroup<DeliveryMode>
        name="when"
        legendId="msteams_connect.when.legend"
        choices={DELIVERY_MODES.map((value) => ({
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

function FoldRow({ preferences, actions }: RowProps) {
  const now = preferences.fold ? 'on' : 'off';
  const [choice, setChoice] = useState<Fold>(now);
  return (
    <SettingRow
      titleId="msteams_connect.fold.title"
      summary={<FormattedMessage id={`msteams_connect.fold.${now}`} />}
      onOpen={() => setChoice(now)}
      onSave={() => actions.savePreferences({ fold: choice === 'on' })}
    >
      <RadioGroup<Fold>
        name="fold"
        legendId="msteams_connect.fold.legend"
        choices={FOLD.map((value) => ({ value, labelId: `msteams_connect.fold.${value}` }))}
        value={choice}
        onChange={setChoice}
      />
    </SettingRow>
  );
}
