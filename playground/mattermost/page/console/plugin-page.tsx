import React from 'react';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { renderMarkdown } from '../markdown/render.tsx';
import { type ConsolePage, CustomSection, CustomSetting } from './custom.tsx';
import { BooleanField, Control, Row } from './fields.tsx';
import {
  type ConsoleConfig,
  type ConsoleManifest,
  type ConsoleSection,
  type ConsoleSetting,
  initialValues,
  sectionsOf,
  settingId,
  settingsPatch,
} from './schema.ts';

interface PageProps {
  manifest: ConsoleManifest;
  config: ConsoleConfig;
  reload: () => Promise<void>;
}

function isEnabled({ config, manifest }: PageProps): boolean {
  return config.PluginSettings.PluginStates[manifest.id]?.Enable === true;
}

interface Form {
  enabled: boolean;
  values: Record<string, unknown>;
}

async function store(props: PageProps, form: Form, touched: Set<string>): Promise<void> {
  const { manifest } = props;
  if (form.enabled !== isEnabled(props)) {
    await request(`/plugins/${manifest.id}/${form.enabled ? 'enable' : 'disable'}`, { method: 'POST' });
  }
  if (touched.size === 0) return;
  // Read again just before writing, because the patch replaces the settings of all plugins.
  const fresh = await request<ConsoleConfig>('/config');
  const changes = Object.fromEntries([...touched].map((key) => [key, form.values[key]]));
  const values = { ...fresh.PluginSettings.Plugins[manifest.id], ...changes };
  await request('/config/patch', { method: 'PUT', json: settingsPatch(fresh, manifest.id, values) });
}

async function runSaveActions(actions: ConsolePage['saveActions']): Promise<void> {
  for (const action of actions) {
    const result = await action();
    if (result?.error) throw new Error(result.error.message ?? '');
  }
}

function useConsoleForm(props: PageProps) {
  const { manifest, config, reload } = props;
  const [form, setForm] = React.useState<Form>(() => ({
    enabled: isEnabled(props),
    values: initialValues(manifest, config),
  }));
  const [touched] = React.useState(() => new Set<string>());
  const [saveActions] = React.useState<ConsolePage['saveActions']>(() => new Set());
  const [status, setStatus] = React.useState<'clean' | 'dirty' | 'saving' | 'saved'>('clean');
  const [error, setError] = React.useState('');
  function change(id: string, value: unknown): void {
    const key = id.slice(settingId(manifest.id, '').length);
    touched.add(key);
    setForm((before) => ({ ...before, values: { ...before.values, [key]: value } }));
    setStatus('dirty');
  }
  function setEnabled(enabled: boolean): void {
    setForm((before) => ({ ...before, enabled }));
    setStatus('dirty');
  }
  async function save(): Promise<void> {
    setStatus('saving');
    try {
      await store(props, form, touched);
      await runSaveActions(saveActions);
      touched.clear();
      await reload();
      setStatus('saved');
      setError('');
    } catch (failure) {
      setError(messageOf(failure));
      setStatus('dirty');
    }
  }
  const disabled = !form.enabled;
  const page: ConsolePage = {
    pluginId: manifest.id,
    config,
    disabled,
    change,
    saveActions,
    setSaveNeeded: () => setStatus('dirty'),
  };
  return { form, setEnabled, status, error, save, page };
}

function Setting(props: { page: ConsolePage; setting: ConsoleSetting; value: unknown }): React.ReactElement {
  const { page, setting, value } = props;
  const id = settingId(page.pluginId, setting.key);
  if (setting.type === 'custom') return <CustomSetting page={page} id={id} setting={setting} value={value} />;
  const labelled = setting.type === 'bool' || setting.type === 'radio' ? undefined : id;
  return (
    <Row label={setting.display_name} htmlFor={labelled} help={setting.help_text}>
      <Control id={id} setting={setting} value={value} disabled={page.disabled} onChange={page.change} />
    </Row>
  );
}

function Section(props: {
  page: ConsolePage;
  section: ConsoleSection;
  values: Record<string, unknown>;
}): React.ReactElement {
  const { page, section, values } = props;
  const settings = (section.settings ?? []).map((setting) => (
    <Setting key={setting.key} page={page} setting={setting} value={values[setting.key.toLowerCase()]} />
  ));
  if (section.custom)
    return (
      <CustomSection page={page} section={section}>
        {settings}
      </CustomSection>
    );
  return (
    <section className="console-panel">
      {section.title ? <h2>{section.title}</h2> : null}
      {section.subtitle ? <p className="help-text">{section.subtitle}</p> : null}
      {section.header ? renderMarkdown(section.header) : null}
      {settings}
      {section.footer ? renderMarkdown(section.footer) : null}
    </section>
  );
}

function Footer(props: { status: string; error: string; onSave: () => void }): React.ReactElement {
  const text = useText();
  return (
    <div className="console-footer">
      <button
        type="button"
        className="btn btn-primary"
        data-testid="console-save"
        disabled={props.status !== 'dirty'}
        onClick={props.onSave}
      >
        {text(props.status === 'saving' ? 'console.saving' : 'console.save')}
      </button>
      <span role="status">{props.status === 'saved' ? text('console.saved') : ''}</span>
      {props.error === '' ? null : (
        <span className="error-text" role="alert">
          {props.error}
        </span>
      )}
    </div>
  );
}

/** A plugin's page in the system console, built from its `settings_schema`. */
export function PluginPage(props: PageProps): React.ReactElement {
  const text = useText();
  const { manifest } = props;
  const { form, setEnabled, status, error, save, page } = useConsoleForm(props);
  const schema = manifest.settings_schema;
  return (
    <>
      <h1 className="console-title">{manifest.name}</h1>
      <div className="console-scroll">
        <section className="console-panel">
          <Row label={text('console.enabled')} help={text('console.enabledHelp')}>
            <BooleanField
              id="enable"
              label={text('console.enabled')}
              value={form.enabled}
              disabled={false}
              onChange={setEnabled}
            />
          </Row>
          {schema?.header ? renderMarkdown(schema.header) : null}
        </section>
        {sectionsOf(manifest).map((section) => (
          <Section key={section.key} page={page} section={section} values={form.values} />
        ))}
        {schema?.footer ? <section className="console-panel">{renderMarkdown(schema.footer)}</section> : null}
      </div>
      <Footer status={status} error={error} onSave={() => void save()} />
    </>
  );
}
