import React from 'react';
import { messageOf } from '../api.ts';
import { PluginBoundary } from '../parts/boundary.tsx';
import { useApp, useAppStore } from '../parts/context.ts';
import {
  type PluginSection,
  type PluginSetting,
  type PluginUserSettings,
  settingsCategory,
} from '../plugins/user-settings.ts';
import { savePreferences } from '../store/load.ts';
import { preferenceValue } from '../store/selectors.ts';
import type { AppState } from '../types.ts';
import { RadioGroup, Section } from './section.tsx';

type SettingsSection = Extract<PluginSection, { settings: PluginSetting[] }>;

interface SectionProps {
  pluginId: string;
  section: SettingsSection;
  open: boolean;
  onOpen: (open: boolean) => void;
}

function stored(state: AppState, pluginId: string, setting: PluginSetting): string {
  const category = settingsCategory(pluginId);
  return preferenceValue(state, { category, name: setting.name, fallback: setting.default ?? '' });
}

function summaryOf(state: AppState, pluginId: string, section: SettingsSection): string {
  const texts = section.settings.map((setting) => {
    if (setting.type === 'custom') return '';
    const value = stored(state, pluginId, setting);
    return setting.options.find((option) => option.value === value)?.text ?? '';
  });
  return texts.filter((each) => each !== '').join(', ');
}

/** Stores what changed as preferences; the plugin hears of it without waiting for the save, as in Mattermost. */
function useSave({ pluginId, section, onOpen }: SectionProps, changes: Record<string, string>) {
  const store = useAppStore();
  const [error, setError] = React.useState('');
  async function save(): Promise<void> {
    const user_id = store.getState().entities.users.currentUserId;
    const category = settingsCategory(pluginId);
    const preferences = Object.entries(changes).map(([name, value]) => ({ user_id, category, name, value }));
    if (preferences.length === 0) return onOpen(false);
    const saved = savePreferences(store, preferences);
    section.onSubmit?.(changes);
    try {
      await saved;
      onOpen(false);
    } catch (failure) {
      setError(messageOf(failure));
    }
  }
  return { error, save };
}

function SettingControl(props: {
  pluginId: string;
  setting: PluginSetting;
  value: string;
  inform: (name: string, value: string) => void;
}): React.ReactElement {
  const { setting, inform } = props;
  if (setting.type === 'radio') {
    return (
      <RadioGroup
        name={setting.name}
        title={setting.title ?? setting.name}
        helpText={setting.helpText}
        value={props.value}
        choices={setting.options}
        onChange={(value) => inform(setting.name, value)}
      />
    );
  }
  return (
    <div className="form-group">
      {setting.title ? <h4>{setting.title}</h4> : null}
      <PluginBoundary pluginId={props.pluginId}>
        <setting.component informChange={inform} />
      </PluginBoundary>
      {setting.helpText ? <p className="help-text">{setting.helpText}</p> : null}
    </div>
  );
}

function EditableSection(props: SectionProps): React.ReactElement {
  const { pluginId, section } = props;
  const state = useApp((whole) => whole);
  const [changes, setChanges] = React.useState<Record<string, string>>({});
  const { error, save } = useSave(props, changes);
  function openOrClose(next: boolean): void {
    setChanges({});
    props.onOpen(next);
  }
  return (
    <Section
      title={section.title}
      summary={summaryOf(state, pluginId, section)}
      disabled={section.disabled}
      error={error}
      open={props.open}
      onOpen={openOrClose}
      onSave={() => void save()}
    >
      {section.settings.map((setting) => (
        <SettingControl
          key={setting.name}
          pluginId={pluginId}
          setting={setting}
          value={changes[setting.name] ?? stored(state, pluginId, setting)}
          inform={(name, value) => setChanges((before) => ({ ...before, [name]: value }))}
        />
      ))}
    </Section>
  );
}

function ActionBlock({ action }: { action: NonNullable<PluginUserSettings['action']> }): React.ReactElement {
  return (
    <section className="plugin-action" data-testid="plugin-action">
      <h3>{action.title}</h3>
      <p>{action.text}</p>
      <button type="button" className="btn btn-primary btn-sm" onClick={action.onClick}>
        {action.buttonText}
      </button>
    </section>
  );
}

/** A plugin's tab: its action on top, then its sections. */
export function PluginTab({ settings }: { settings: PluginUserSettings }): React.ReactElement {
  const [openTitle, setOpenTitle] = React.useState('');
  return (
    <>
      <h2 className="settings-title">{settings.uiName}</h2>
      {settings.action === undefined ? null : <ActionBlock action={settings.action} />}
      {settings.sections.map((section) =>
        'component' in section ? (
          <PluginBoundary key={section.title} pluginId={settings.id}>
            <section.component />
          </PluginBoundary>
        ) : (
          <EditableSection
            key={section.title}
            pluginId={settings.id}
            section={section}
            open={openTitle === section.title}
            onOpen={(open) => setOpenTitle(open ? section.title : '')}
          />
        ),
      )}
    </>
  );
}
