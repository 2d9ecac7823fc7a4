import type { GlobalState } from '@mattermost/types/store';
import React from 'react';
import { useSelector } from 'react-redux';
import type { Model } from '../actions.ts';
import type { UserSettings } from '../host.ts';
import type { State } from '../reducer.ts';
import { ConnectionCard } from './connection-card.tsx';
import { NotificationsForm } from './notifications-form.tsx';
import { useFreshState } from './use-fresh-state.ts';

export interface SettingsDeps {
  id: string;
  model: Model;
  select(state: GlobalState): State;
  translate(id: string): string;
}

/** Settings → Plugin preferences → Microsoft Teams. What it shows comes from the sidecar each time, so it is the same everywhere. */
export function createSettings({ id, model, select, translate }: SettingsDeps): UserSettings {
  function Connection() {
    const state = useSelector(select);
    const watch = useFreshState({ model, state, refresh: model.refresh });
    return <ConnectionCard state={state} model={model} onLeave={watch} />;
  }

  function Notifications() {
    return <NotificationsForm state={useSelector(select)} model={model} />;
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
