import type { FastifyInstance } from 'fastify';
import { isObject, objectBody, query } from '../http/body.ts';
import { ApiError } from '../http/errors.ts';
import { adminActor, maybeActor } from '../http/session.ts';
import { reconcilePlugins } from '../plugins/install.ts';
import { clientConfig, limitedClientConfig } from '../state/client-config.ts';
import { type Config, patchConfig } from '../state/config.ts';
import type { Props } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';

const MASK = '********************************';

/** Ping, client configuration and the administrator's configuration. */
export function systemRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/system/ping', async (request) => ({
    ActiveSearchBackend: 'database',
    AndroidLatestVersion: '',
    AndroidMinVersion: '',
    IosLatestVersion: '',
    IosMinVersion: '',
    status: 'OK',
    ...(query(request, 'get_server_status') === 'true' ? { database_status: 'OK', filestore_status: 'OK' } : {}),
  }));
  app.get('/config/client', async (request) =>
    maybeActor(state, request) ? clientConfig(state) : limitedClientConfig(state),
  );
  app.get('/license/client', async () => ({ IsLicensed: 'false' }));
  app.get('/config', async (request) => {
    adminActor(state, request, 'sysconsole_read_environment');
    return sanitisedConfig(state);
  });
  app.put('/config/patch', async (request) => {
    adminActor(state, request, 'sysconsole_write_environment');
    const patch = objectBody(request, 'config');
    const plugins = isObject(patch.PluginSettings) ? patch.PluginSettings : {};
    const { EnableUploads } = state.config.PluginSettings;
    if (plugins.EnableUploads !== undefined && plugins.EnableUploads !== EnableUploads) {
      throw new ApiError(403, 'api.config.update_config.not_allowed_security.app_error', {
        message: 'Changing PluginSettings.EnableUploads is not allowed due to security reasons.',
      });
    }
    return saveConfig(state, patch);
  });
  app.put('/config', async (request) => {
    adminActor(state, request, 'sysconsole_write_environment');
    const config = objectBody(request, 'config');
    const plugins = isObject(config.PluginSettings) ? config.PluginSettings : {};
    // The old value is kept without a word.
    return saveConfig(state, {
      ...config,
      PluginSettings: { ...plugins, EnableUploads: state.config.PluginSettings.EnableUploads },
    });
  });
}

async function saveConfig(state: MattermostState, patch: Props): Promise<Config> {
  const before = state.config.PluginSettings.Plugins;
  patchConfig(state.config, patch);
  for (const [id, settings] of Object.entries(state.config.PluginSettings.Plugins)) {
    for (const [key, value] of Object.entries(settings)) if (value === MASK) settings[key] = before[id]?.[key] ?? '';
  }
  await reconcilePlugins(state);
  return sanitisedConfig(state);
}

/** The configuration as it is read: secrets masked, settings of plugins that are not installed left out. */
function sanitisedConfig(state: MattermostState): Config {
  const config = structuredClone(state.config);
  config.SqlSettings.DataSource = MASK;
  const { Plugins } = config.PluginSettings;
  for (const [id, settings] of Object.entries(Plugins)) {
    const plugin = state.store.plugins.get(id);
    if (!plugin) delete Plugins[id];
    for (const setting of plugin?.manifest.settings_schema?.settings ?? []) {
      const key = setting.key.toLowerCase();
      if (setting.secret === true && settings[key] !== undefined && settings[key] !== '') settings[key] = MASK;
    }
  }
  return config;
}
