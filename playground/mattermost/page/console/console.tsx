import React from 'react';
import { Link, NavLink, Redirect, Route, Switch } from 'react-router-dom';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { useApp } from '../parts/context.ts';
import { Icon } from '../parts/icons.tsx';
import { currentUser } from '../store/selectors.ts';
import { PluginPage } from './plugin-page.tsx';
import type { ConsoleConfig, ConsoleManifest } from './schema.ts';

interface Loaded {
  manifests: ConsoleManifest[];
  active: string[];
  config: ConsoleConfig;
}

async function load(): Promise<Loaded> {
  const [plugins, config] = await Promise.all([
    request<{ active: ConsoleManifest[]; inactive: ConsoleManifest[] }>('/plugins'),
    request<ConsoleConfig>('/config'),
  ]);
  const manifests = [...(plugins.active ?? []), ...(plugins.inactive ?? [])];
  manifests.sort((one, other) => one.name.localeCompare(other.name));
  return { manifests, active: (plugins.active ?? []).map((each) => each.id), config };
}

function useLoaded() {
  const [loaded, setLoaded] = React.useState<Loaded | null>(null);
  const [error, setError] = React.useState('');
  const reload = React.useCallback(async () => {
    try {
      setLoaded(await load());
    } catch (failure) {
      setError(messageOf(failure));
    }
  }, []);
  React.useEffect(() => void reload(), [reload]);
  return { loaded, error, reload };
}

function Management(props: { loaded: Loaded; reload: () => Promise<void> }): React.ReactElement {
  const text = useText();
  const { manifests, active } = props.loaded;
  async function toggle(id: string): Promise<void> {
    await request(`/plugins/${id}/${active.includes(id) ? 'disable' : 'enable'}`, { method: 'POST' });
    await props.reload();
  }
  return (
    <>
      <h1 className="console-title">{text('console.management')}</h1>
      <div className="console-scroll">
        <section className="console-panel">
          {manifests.length === 0 ? text('console.none') : null}
          {manifests.map((manifest) => (
            <div key={manifest.id} className="console-plugin" data-testid={`plugin-${manifest.id}`}>
              <div>
                <strong>{manifest.name}</strong> ({manifest.id} - {manifest.version})
                <p className="help-text">{manifest.description}</p>
                <Link to={`/admin_console/plugins/plugin_${manifest.id}`}>{text('console.settings')}</Link>
                {' · '}
                {text(active.includes(manifest.id) ? 'console.running' : 'console.stopped')}
              </div>
              <button type="button" className="btn btn-tertiary btn-sm" onClick={() => void toggle(manifest.id)}>
                {text('console.enabled')}: {text(active.includes(manifest.id) ? 'console.true' : 'console.false')}
              </button>
            </div>
          ))}
        </section>
      </div>
    </>
  );
}

function Menu({ manifests }: { manifests: ConsoleManifest[] }): React.ReactElement {
  const text = useText();
  return (
    <nav className="console-sidebar" aria-label={text('console.title')}>
      <Link to="/" className="console-back">
        <Icon name="back" size={16} /> {text('console.back', { name: 'Mattermost' })}
      </Link>
      <h2>{text('console.plugins')}</h2>
      <NavLink to="/admin_console/plugins/plugin_management">{text('console.management')}</NavLink>
      {manifests.map((manifest) => (
        <NavLink key={manifest.id} to={`/admin_console/plugins/plugin_${manifest.id}`}>
          {manifest.name}
        </NavLink>
      ))}
    </nav>
  );
}

function Pages(props: { loaded: Loaded; reload: () => Promise<void> }): React.ReactElement {
  const { manifests, config } = props.loaded;
  return (
    <Switch>
      {manifests.map((manifest) => (
        <Route key={manifest.id} path={`/admin_console/plugins/plugin_${manifest.id}`}>
          <PluginPage key={manifest.id} manifest={manifest} config={config} reload={props.reload} />
        </Route>
      ))}
      <Route path="/admin_console/plugins/plugin_management">
        <Management loaded={props.loaded} reload={props.reload} />
      </Route>
      <Redirect to="/admin_console/plugins/plugin_management" />
    </Switch>
  );
}

/** The system console, plugins only; for system administrators. */
export function AdminConsole(): React.ReactElement {
  const text = useText();
  const isAdmin = useApp((state) => currentUser(state)?.roles.split(' ').includes('system_admin') ?? false);
  return isAdmin ? <Console /> : <main className="app__content--empty">{text('console.denied')}</main>;
}

function Console(): React.ReactElement {
  const text = useText();
  const { loaded, error, reload } = useLoaded();
  return (
    <div className="admin-console">
      <Menu manifests={loaded?.manifests ?? []} />
      <main className="console-main" data-testid="admin-console">
        {error === '' ? null : (
          <p className="error-text" role="alert">
            {error}
          </p>
        )}
        {loaded === null ? (
          <p>{error === '' ? text('page.loading') : null}</p>
        ) : (
          <Pages loaded={loaded} reload={reload} />
        )}
      </main>
    </div>
  );
}
