import type { GlobalState } from '@mattermost/types/store';
import React, { useState } from 'react';
import { useSelector } from 'react-redux';
import type { PreferencesView } from '../../../../sidecar/src/api/schema.ts';
import type { Actions } from '../../actions.ts';
import type { HostStore } from '../../host.ts';
import { openSettings } from '../../host.ts';
import type { State } from '../../reducer.ts';
import { selectTeamName } from '../../selectors.ts';
import { ConnectionState } from '../connection-card.tsx';
import { Button } from '../controls/button.tsx';
import { RadioGroup } from '../controls/radio-group.tsx';
import { DELIVERY_MODES, type DeliveryMode, deliveryModeOf, preferencesFor } from '../delivery-mode.ts';
import { MuteList } from '../mute-list.tsx';
import { useFreshState } from '../use-fresh-state.ts';
import { NotificationList } from './notification-list.tsx';
import { PanelSection } from './panel-section.tsx';

export interface SidebarDeps {
  id: string;
  store: HostStore;
  actions: Actions;
  select(state: GlobalState): State;
}

/** The right-hand sidebar: connection, delivery mode, last notifications, muted chats. */
export function createSidebar({ id, store, actions, select }: SidebarDeps) {
  return function Sidebar() {
    const state = useSelector(select);
    const teamName = useSelector(selectTeamName);
    const watch = useFreshState({ actions, state, refresh: actions.refreshNotifications });
    const me = state.me?.connection ? state.me : null;
    return (
      <div className="msteams-sidebar" data-testid="msteams-sidebar">
        <PanelSection titleId="msteams_connect.settings.connection">
          <ConnectionState state={state} actions={actions} onLeave={watch} />
        </PanelSection>
        {me && (
          <>
            <PanelSection titleId="msteams_connect.when.title">
              <QuickSwitch preferences={me.preferences} actions={actions} />
            </PanelSection>
            <PanelSection titleId="msteams_connect.news.title">
              <NotificationList notifications={state.notifications} preferences={me.preferences} teamName={teamName} />
            </PanelSection>
            <PanelSection titleId="msteams_connect.mutes.title">
              <MuteList mutes={state.mutes} actions={actions} />
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

/** Saves at the click, and shows the new choice while the request runs. */
function QuickSwitch({ preferences, actions }: { preferences: PreferencesView; actions: Actions }) {
  const [chosen, setChosen] = useState<DeliveryMode | null>(null);
  return (
    <RadioGroup<DeliveryMode>
      name="quick"
      legendId="msteams_connect.when.legend"
      hideLegend
      choices={DELIVERY_MODES.map((value) => ({ value, labelId: `msteams_connect.when.${value}` }))}
      value={chosen ?? deliveryModeOf(preferences)}
      onChange={(value) => {
        setChosen(value);
        void actions.savePreferences(preferencesFor(value)).then(() => setChosen(null));
      }}
    />
  );
}
