import React from 'react';
import { useText } from '../i18n/text.ts';
import { PluginBoundary } from '../parts/boundary.tsx';
import { useApp } from '../parts/context.ts';
import { Row } from './fields.tsx';
import type { ConsoleConfig, ConsoleSection, ConsoleSetting } from './schema.ts';

type SaveAction = () => Promise<{ error?: { message?: string } } | undefined>;

/** What the page offers to custom components beside their value. */
export interface ConsolePage {
  pluginId: string;
  config: ConsoleConfig;
  disabled: boolean;
  change: (id: string, value: unknown) => void;
  saveActions: Set<SaveAction>;
  setSaveNeeded: () => void;
}

function Unavailable(): React.ReactElement {
  const text = useText();
  return <div className="banner banner--warning">{text('console.disabled')}</div>;
}

const LICENSE = { IsLicensed: 'false' };

function nothing(): void {}

/** A `custom` setting: the registered component with the props of Mattermost's console, or a banner. */
export function CustomSetting(props: {
  page: ConsolePage;
  id: string;
  setting: ConsoleSetting;
  value: unknown;
}): React.ReactElement {
  const { page, id, setting } = props;
  const entry = useApp(
    (state) => state.plugins.adminConsoleCustomComponents[page.pluginId]?.[setting.key.toLowerCase()],
  );
  if (entry === undefined) return <Unavailable />;
  const component = (
    <PluginBoundary pluginId={page.pluginId}>
      <entry.component
        id={id}
        label={setting.display_name}
        helpText={setting.help_text}
        value={props.value}
        disabled={page.disabled}
        config={page.config}
        license={LICENSE}
        setByEnv={false}
        onChange={page.change}
        registerSaveAction={(action: SaveAction) => void page.saveActions.add(action)}
        unRegisterSaveAction={(action: SaveAction) => void page.saveActions.delete(action)}
        setSaveNeeded={page.setSaveNeeded}
        cancelSubmit={nothing}
        showConfirm={false}
      />
    </PluginBoundary>
  );
  if (entry.options?.showTitle !== true) return component;
  return (
    <Row label={setting.display_name} help={setting.help_text}>
      {component}
    </Row>
  );
}

/** A `custom` section: the registered component around its rendered settings, or a banner. */
export function CustomSection(props: {
  page: ConsolePage;
  section: ConsoleSection;
  children: React.ReactNode;
}): React.ReactElement {
  const { page, section } = props;
  const entry = useApp((state) => state.plugins.adminConsoleCustomSections[page.pluginId]?.[section.key.toLowerCase()]);
  if (entry === undefined)
    return section.fallback ? React.createElement(React.Fragment, null, props.children) : <Unavailable />;
  return (
    <PluginBoundary pluginId={page.pluginId}>
      <entry.component
        settingsList={React.Children.toArray(props.children)}
        key={section.key}
        disabled={page.disabled}
      />
    </PluginBoundary>
  );
}
