import React from 'react';
import { useText } from '../i18n/text.ts';
import { useApp } from '../parts/context.ts';
import { Modal } from '../parts/controls.tsx';
import { Icon } from '../parts/icons.tsx';
import type { PluginUserSettings } from '../plugins/user-settings.ts';
import { DisplayTab } from './display-tab.tsx';
import { PluginTab } from './plugin-tab.tsx';

const DISPLAY = 'display';

function TabIcon({ settings }: { settings: PluginUserSettings }): React.ReactElement {
  const { icon } = settings;
  if (icon === undefined) return <Icon name="plug" />;
  return /^(\/|https?:)/.test(icon) ? (
    <img src={icon} alt="" width={18} height={18} />
  ) : (
    <i className={`icon ${icon}`} />
  );
}

function Tab(props: {
  name: string;
  current: string;
  onSelect: (name: string) => void;
  children: React.ReactNode;
}): React.ReactElement {
  const selected = props.name === props.current;
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${props.name}`}
      aria-selected={selected}
      aria-controls="settings-panel"
      tabIndex={selected ? 0 : -1}
      className={selected ? 'settings-tab active' : 'settings-tab'}
      data-testid={`settings-tab-${props.name}`}
      onClick={() => props.onSelect(props.name)}
    >
      {props.children}
    </button>
  );
}

function moveBetweenTabs(event: React.KeyboardEvent<HTMLElement>): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const tabs = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('[role=tab]'));
  const at = tabs.indexOf(document.activeElement as HTMLElement) + (event.key === 'ArrowDown' ? 1 : -1);
  const next = tabs[(at + tabs.length) % tabs.length];
  next?.focus();
  next?.click();
}

/** The user settings: display, and a tab for every plugin that registered settings. */
export function UserSettingsModal(props: { activeTab?: string; onHide: () => void }): React.ReactElement {
  const text = useText();
  const registered = useApp((state) => state.plugins.userSettings) as Record<string, PluginUserSettings>;
  const [tab, setTab] = React.useState(props.activeTab ?? DISPLAY);
  const plugins = Object.values(registered).sort((one, other) => one.uiName.localeCompare(other.uiName));
  const shown = registered[tab];
  return (
    <Modal
      title={text('settings.title')}
      closeLabel={text('settings.close')}
      onClose={props.onHide}
      className="settings-modal"
      testId="settings-modal"
    >
      <div className="settings-table">
        <div
          className="settings-links"
          role="tablist"
          aria-orientation="vertical"
          aria-label={text('settings.title')}
          onKeyDown={moveBetweenTabs}
        >
          <Tab name={DISPLAY} current={shown === undefined ? DISPLAY : tab} onSelect={setTab}>
            <Icon name="display" /> {text('settings.display')}
          </Tab>
          {plugins.length === 0 ? null : <h2 className="settings-group">{text('settings.plugins')}</h2>}
          {plugins.map((plugin) => (
            <Tab key={plugin.id} name={plugin.id} current={tab} onSelect={setTab}>
              <TabIcon settings={plugin} /> {plugin.uiName}
            </Tab>
          ))}
        </div>
        <div
          className="settings-content"
          id="settings-panel"
          role="tabpanel"
          aria-labelledby={`tab-${shown === undefined ? DISPLAY : tab}`}
        >
          {shown === undefined ? <DisplayTab /> : <PluginTab key={shown.id} settings={shown} />}
        </div>
      </div>
    </Modal>
  );
}
