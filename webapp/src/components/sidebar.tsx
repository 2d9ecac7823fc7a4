import type { GlobalState } from '@mattermost/types/store';
import React, { useState } from 'react';
import { useSelector } from 'react-redux';
import type { PreferencesView } from '../../../sidecar/src/api/schema.ts';
import type { Model } from '../actions.ts';
import type { HostStore } from '../host.ts';
import { openSettings } from '../host.ts';
import type { State } from '../reducer.ts';
import { selectTeamName } from '../reducer.ts';
import { Button } from './button.tsx';
import { ConnectionState } from './connection-card.tsx';
import { changeOf, WHEN, type When, whenOf } from './delivery-mode.ts';
import { MuteList } from './mute-list.tsx';
import { NewsList } from './notification-list.tsx';
import { PanelSection } from './panel-section.tsx';
import { Choices } from './radio-group.tsx';
import { useFreshState } from './use-fresh-state.ts';

export interface PanelDeps {
  id: string;
  store: HostStore;
  model: Model;
  select(state: GlobalState): State;
}

/** The panel on the right-hand side: connection, quick switch, what arrived last, muted chats. */
export function createPanel({ id, store, model, select }: PanelDeps) {
  return function Panel() {
    const state = useSelector(select);
    const teamName = useSelector(selectTeamName);
    const watch = useFreshState({ model, state, refresh: model.refreshNotifications });
    const me = state.me?.connection ? state.me : null;
    return (
      <div className="msteams-panel" data-testid="msteams-panel">
        <PanelSection titleId="msteams_connect.settings.connection">
          <ConnectionState state={state} model={model} onLeave={watch} />
        </PanelSection>
        {me && (
          <>
            <PanelSection titleId="msteams_connect.when.title">
              <QuickSwitch preferences={me.preferences} model={model} />
            </PanelSection>
            <PanelSection titleId="msteams_connect.news.title">
              <NewsList notifications={state.notifications} preferences={me.preferences} teamName={teamName} />
            </PanelSection>
            <PanelSection titleId="msteams_connect.mutes.title">
              <MuteList mutes={state.mutes} model={model} />
            </PanelSection>
            <section>
              <Button labelId="msteams_connect.panel.settings" onClick={() => openSettings(store, id)} />
            </section>
          </>
        )}
      </div>
    );
  };
}

/** Saved at the click; while that is under way the new choice shows already. */
function QuickSwitch({ preferences, model }: { preferences: PreferencesView; model: Model }) {
  const [chosen, setChosen] = useState<When | null>(null);
  return (
    <Choices<When>
      name="quick"
      legendId="msteams_connect.when.legend"
      quiet
      choices={WHEN.map((value) => ({ value, labelId: `msteams_connect.when.${value}` }))}
      value={chosen ?? whenOf(preferences)}
      onChange={(value) => {
        setChosen(value);
        void model.savePreferences(changeOf(value)).then(() => setChosen(null));
      }}
    />
  );
}
