import type { GlobalState } from '@mattermost/types/store';
import React from 'react';
import { useSelector } from 'react-redux';
import type { Actions } from '../../actions.ts';
import type { UserSettings } from '../../host.ts';
import type { State } from '../../reducer.ts';
import { ConnectionCard } from '../connection-card.tsx';
import { useFreshState } from '../use-fresh-state.ts';
import { NotificationsForm } from './notifications-form.tsx';

export interface SettingsDeps {
  id: string;
  actions: Actions;
  select(state: GlobalState): State;
  translate(id: string): string;
}

/** The sections of Settings → Plugin preferences → Microsoft Teams. */
export function createSettings({ id, actions, select, translate }: SettingsDeps): UserSettings {
  function Connection() {
    const state = useSelector(select);
    const watch = useFreshState({ actions, state, refresh: actions.refresh });
    return <ConnectionCard state={state} actions={actions} onLeave={watch} />;
  }

  function Notifications() {
    return <NotificationsForm state={useSelector(select)} actions={actions} />;
  }

  return {
    id,
    uiName: 'Microsoft Teams',
    sections: [
      { title: translate('msteams_connect.settings.connection'), component: Connection },
      { title: translate('msteams_connect.settings.notifications'), component: Notifications },
    ],
  };
}
