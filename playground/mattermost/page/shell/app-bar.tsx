import React from 'react';
import { useText } from '../i18n/text.ts';
import { useApp } from '../parts/context.ts';
import { componentsIn } from '../store/selectors.ts';
import type { AppState, PluginComponent } from '../types.ts';
import { EntryIcon, entryLabel, usePress } from './channel-header.tsx';

/** App-bar entries, and the header buttons of plugins that have no app-bar entry of their own. */
export function appBarEntries(bar: PluginComponent[], buttons: PluginComponent[]): PluginComponent[] {
  return [...bar, ...buttons.filter((button) => !bar.some((entry) => entry.pluginId === button.pluginId))];
}

function isEnabled(state: AppState): boolean {
  return state.entities.general.config.DisableAppBar !== 'true';
}

/** The column of app icons at the far right. */
export function AppBar(): React.ReactElement | null {
  const text = useText();
  const enabled = useApp(isEnabled);
  const bar = useApp(componentsIn('AppBar'));
  const buttons = useApp(componentsIn('ChannelHeaderButton'));
  const openId = useApp((state) => (state.views.rhs.rhsState === 'plugin' ? state.views.rhs.pluggableId : ''));
  const press = usePress();
  const entries = appBarEntries(bar, buttons);
  if (!enabled || entries.length === 0) return null;
  return (
    <aside className="app-bar" aria-label={text('appbar.label')}>
      {entries.map((entry) => {
        const active = openId !== '' && entry.rhsComponentId === openId;
        return (
          <button
            key={entry.id}
            type="button"
            className={active ? 'app-bar__icon app-bar__icon--active' : 'app-bar__icon'}
            aria-label={entryLabel(entry)}
            title={entryLabel(entry)}
            aria-pressed={active}
            data-testid={`app-bar-${entry.pluginId}`}
            onClick={() => press(entry)}
          >
            <EntryIcon entry={entry} />
          </button>
        );
      })}
    </aside>
  );
}
