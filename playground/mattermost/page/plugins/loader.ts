import reducerRegistry from 'mattermost-redux/store/reducer_registry';
import type { Reducer } from 'redux';
import { requestOr } from '../api.ts';
import type { AppStore, ClientManifest } from '../types.ts';
import type { PluginHost } from './context.ts';
import { createRegistry } from './registry.ts';
import { closeRhs } from './rhs-actions.ts';

interface PluginInstance {
  initialize?: (registry: ReturnType<typeof createRegistry>, store: AppStore) => unknown;
  uninitialize?: () => void;
  deinitialize?: () => void;
}

declare global {
  interface Window {
    plugins: Record<string, PluginInstance>;
    registerPlugin: (id: string, instance: PluginInstance) => void;
  }
}

/** Loads, replaces and removes plugins in the running page. */
export interface PluginLoader {
  host: PluginHost;
  loadAll: () => Promise<void>;
  reloadChanged: () => Promise<void>;
  load: (manifest: ClientManifest) => Promise<void>;
  remove: (manifest: ClientManifest) => void;
}

type Loaded = Map<string, ClientManifest>;

function registryModule(): { register: (name: string, reducer: Reducer) => void } {
  const module = reducerRegistry as { register?: unknown; default?: unknown };
  return (module.register === undefined ? module.default : module) as ReturnType<typeof registryModule>;
}

function bundleUrl(path: string): string {
  const rewritten = path.includes('/static/plugins/') ? path : path.replace('/static/', '/static/plugins/');
  return window.location.origin + rewritten;
}

function uninitialize(id: string): void {
  const instance = window.plugins[id];
  (instance?.uninitialize ?? instance?.deinitialize)?.call(instance);
}

function appendScript(manifest: ClientManifest): Promise<void> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.id = `plugin_${manifest.id}`;
    script.type = 'text/javascript';
    script.defer = true;
    script.src = bundleUrl(manifest.webapp?.bundle_path ?? '');
    script.onload = () => resolve();
    script.onerror = () => reject(new Error(`The bundle of plugin ${manifest.id} did not load.`));
    document.head.appendChild(script);
  });
}

function remove(host: PluginHost, loaded: Loaded, { id }: ClientManifest): void {
  if (!loaded.has(id)) return;
  loaded.delete(id);
  const { rhs } = host.store.getState().views;
  const panels = host.store.getState().plugins.components.RightHandSidebarComponent ?? [];
  if (panels.some((panel) => panel.pluginId === id && panel.id === rhs.pluggableId)) host.store.dispatch(closeRhs());
  host.store.dispatch({ type: 'REMOVED_WEBAPP_PLUGIN', data: { id } });
  uninitialize(id);
  delete window.plugins[id];
  delete host.socketHandlers[id];
  delete host.reconnectHandlers[id];
  document.getElementById(`plugin_${id}`)?.remove();
}

async function load(host: PluginHost, loaded: Loaded, manifest: ClientManifest): Promise<void> {
  const present = loaded.get(manifest.id);
  if (present?.webapp?.bundle_path === manifest.webapp?.bundle_path && present !== undefined) return;
  if (manifest.webapp === undefined) return;
  if (present !== undefined) remove(host, loaded, present);
  loaded.set(manifest.id, manifest);
  host.store.dispatch({ type: 'RECEIVED_WEBAPP_PLUGIN', data: manifest });
  await appendScript(manifest);
  const instance = window.plugins[manifest.id];
  // Registration must have happened while the script ran; a later call comes too late.
  if (instance?.initialize === undefined) {
    console.error(`Plugin ${manifest.id} did not call registerPlugin while its bundle ran.`);
    return;
  }
  // As in Mattermost the result is ignored: what an async initialize rejects with is an unhandled rejection.
  instance.initialize(createRegistry(manifest.id, host), host.store);
}

async function fetchManifests(): Promise<ClientManifest[]> {
  const list = await requestOr<unknown>('/plugins/webapp', []);
  return Array.isArray(list) ? (list as ClientManifest[]) : [];
}

function logged(error: unknown): void {
  console.error(error);
}

/** Installs `window.registerPlugin` and answers the loader. Call once per page. */
export function createLoader(store: AppStore): PluginLoader {
  const loaded: Loaded = new Map();
  const host: PluginHost = {
    store,
    socketHandlers: {},
    reconnectHandlers: {},
    addReducer: (name, reducer) => registryModule().register(name, reducer as Reducer),
  };
  window.plugins = {};
  window.registerPlugin = (id, instance) => {
    uninitialize(id);
    window.plugins[id] = instance;
  };
  const loadOne = (manifest: ClientManifest) => load(host, loaded, manifest).catch(logged);
  return {
    host,
    load: loadOne,
    remove: (manifest) => remove(host, loaded, manifest),
    loadAll: async () => {
      if (store.getState().entities.general.config.PluginsEnabled !== 'true') return;
      const manifests = await fetchManifests();
      store.dispatch({ type: 'RECEIVED_WEBAPP_PLUGINS', data: manifests });
      await Promise.all(manifests.map(loadOne));
    },
    reloadChanged: async () => {
      const manifests = await fetchManifests();
      for (const gone of [...loaded.values()].filter((one) => !manifests.some((other) => other.id === one.id))) {
        remove(host, loaded, gone);
      }
      await Promise.all(manifests.filter((one) => loaded.get(one.id)?.version !== one.version).map(loadOne));
    },
  };
}
