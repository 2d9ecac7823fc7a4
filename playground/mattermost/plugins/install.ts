import { ApiError, missing } from '../http/errors.ts';
import type { InstalledPlugin, Manifest, Props } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import { readBundle } from './bundle.ts';
import { fnv64a } from './fnv.ts';
import { executableOf } from './host.ts';

const SERVER_VERSION = [11, 2, 0];

/** 501 unless plugins are on. */
export function checkEnabled(state: MattermostState): void {
  if (state.config.PluginSettings.Enable) return;
  throw new ApiError(501, 'app.plugin.disabled.app_error', {
    message: 'Plugins have been disabled. Please check your logs for details.',
  });
}

/** 501 unless plugins may be uploaded: on, uploads on, signatures not required. */
export function checkUploads(state: MattermostState): void {
  const { Enable, EnableUploads, RequirePluginSignature } = state.config.PluginSettings;
  if (Enable && EnableUploads && !RequirePluginSignature) return;
  throw new ApiError(501, 'app.plugin.upload_disabled.app_error', {
    message: 'Plugins and/or plugin uploads have been disabled.',
  });
}

/** Installs a bundle; an installed id is replaced only with `force`, and re-activated when it was on. */
export async function installPlugin(state: MattermostState, archive: Buffer, force: boolean): Promise<Manifest> {
  const { manifest, files, modes } = await readBundle(archive);
  const before = state.store.plugins.get(manifest.id);
  if (before && !force) {
    throw new ApiError(400, 'app.plugin.install_id.app_error', {
      message: 'Unable to install plugin. A plugin with the same ID is already installed.',
    });
  }
  if (before) await deactivate(state, before);
  const bundle = manifest.webapp ? files.get(manifest.webapp.bundle_path.replace(/^\.?\//, '')) : undefined;
  const bundleName = bundle ? `${manifest.id}_${fnv64a(bundle)}_bundle.js` : '';
  state.store.plugins.set(manifest.id, { manifest, files, modes, bundleName, state: 0, error: '' });
  await reconcilePlugins(state);
  return manifest;
}

/** Turns a plugin on or off; the activation follows after the answer, as with Mattermost's configuration listener. */
export function setEnabled(state: MattermostState, id: string, isEnabled: boolean): void {
  findPlugin(state, id);
  state.config.PluginSettings.PluginStates[id] = { Enable: isEnabled };
  setImmediate(() => void reconcilePlugins(state));
}

/** Removes a plugin and its files; its settings stay in the configuration. */
export async function removePlugin(state: MattermostState, id: string): Promise<void> {
  await deactivate(state, findPlugin(state, id));
  state.store.plugins.delete(id);
}

/**
 * Activates and deactivates what the configuration says, and tells the running ones that it may have changed. A plugin that failed is
 * tried again, as at any saved change of the configuration (`syncPluginsActiveState`).
 */
export async function reconcilePlugins(state: MattermostState): Promise<void> {
  const { Enable, PluginStates } = state.config.PluginSettings;
  state.pluginHost.configurationChanged();
  for (const plugin of state.store.plugins.values()) {
    const isWanted = Enable && PluginStates[plugin.manifest.id]?.Enable === true;
    if (isWanted && plugin.state !== 2 && plugin.state !== 1) await activate(state, plugin);
    if (!isWanted) await deactivate(state, plugin);
  }
}

/** The installed plugin or 404. */
export function findPlugin(state: MattermostState, id: string): InstalledPlugin {
  const plugin = state.store.plugins.get(id.toLowerCase());
  if (!plugin) throw missing('app.plugin.not_installed.app_error', 'plugin');
  return plugin;
}

async function activate(state: MattermostState, plugin: InstalledPlugin): Promise<void> {
  plugin.error = activationError(plugin);
  plugin.state = plugin.error === '' ? 1 : 3;
  if (plugin.error === '') {
    if (plugin.manifest.server) await state.pluginHost.start(plugin);
    else plugin.state = 2;
  }
  if (plugin.state !== 2 || plugin.bundleName === '') return;
  state.hub.publish('plugin_enabled', { everyone: true }, () => ({ manifest: clientManifest(plugin) }));
}

function activationError(plugin: InstalledPlugin): string {
  const { min_server_version, webapp, server } = plugin.manifest;
  if (isNewer(min_server_version ?? '')) return `plugin requires Mattermost ${min_server_version}`;
  if (!webapp && !server) return 'unable to start plugin: must at least have a web app or server component';
  if (server && executableOf(plugin) === '') {
    return `backend executable not found for environment: ${process.platform}/${process.arch}`;
  }
  if (webapp && plugin.bundleName === '') return `unable to generate webapp bundle: ${webapp.bundle_path} is missing`;
  return '';
}

function isNewer(version: string): boolean {
  const parts = version.split(/[-+]/)[0]?.split('.').map(Number) ?? [];
  for (const [at, own] of SERVER_VERSION.entries()) {
    const wanted = parts[at] ?? 0;
    if (wanted !== own) return wanted > own;
  }
  return false;
}

async function deactivate(state: MattermostState, plugin: InstalledPlugin): Promise<void> {
  const wasActive = plugin.state === 2;
  await state.pluginHost.stop(plugin.manifest.id);
  plugin.state = 0;
  plugin.error = '';
  if (wasActive) state.hub.publish('plugin_disabled', { everyone: true }, () => ({ manifest: clientManifest(plugin) }));
}

/** What browsers get of a manifest over the WebSocket: no name, description or server, and the path of the served bundle. */
export function clientManifest(plugin: InstalledPlugin): Props {
  const { server: _, description: __, ...manifest } = plugin.manifest;
  return {
    ...manifest,
    name: '',
    webapp: { bundle_path: `/static/${manifest.id}/${plugin.bundleName}` },
  };
}
