import type { SetupDeps, SetupOptions } from './types.ts';

/** Uploads the plugin when it is missing or differs in version or address, and enables it. Other plugins stay as they are. */
export async function installPlugin(deps: SetupDeps, { sidecarUrl, dryRun }: SetupOptions): Promise<void> {
  const { mattermost, bundle, pluginId, say } = deps;
  const { pluginsEnabled, uploadsEnabled, signatureRequired } = await mattermost.settings();
  if (!pluginsEnabled) {
    return say({
      state: 'manual',
      text: 'plugins are switched off on this server',
      todo: 'System Console → Plugins → Plugin Management → Enable Plugins: true, then run setup again',
    });
  }
  const installed = (await mattermost.plugins()).find(({ id }) => id === pluginId);
  const running = (await mattermost.pluginStatuses()).some(({ id, running }) => id === pluginId && running);
  const wanted = bundle?.version ?? installed?.version;
  const isCurrent = installed?.version === wanted && installed?.sidecarUrl === sidecarUrl;
  if (installed && running && isCurrent) return say({ state: 'kept', text: `plugin ${installed.version}` });
  if (!bundle && !installed) {
    return say({ state: 'manual', text: 'there is no plugin file here', todo: 'run setup again with --plugin FILE' });
  }
  if (bundle && !isCurrent) {
    if (!uploadsEnabled || signatureRequired) return say(cannotUpload(signatureRequired));
    if (dryRun) return say({ state: 'planned', text: `would upload and enable the plugin ${bundle.version}` });
    await mattermost.installPlugin(`${bundle.id}-${bundle.version}.tar.gz`, bundle.archive);
  } else if (dryRun) return say({ state: 'planned', text: 'would enable the plugin' });
  await mattermost.enablePlugin(pluginId);
  say({
    state: 'done',
    text: isCurrent ? `enabled the plugin ${wanted}` : `uploaded and enabled the plugin ${wanted}`,
  });
}

function cannotUpload(signatureRequired: boolean) {
  if (signatureRequired) {
    return {
      state: 'manual' as const,
      text: 'this server takes only signed plugins',
      todo: 'System Console → Plugins → Plugin Management → Require Plugin Signature: false, then run setup again. Or sign the file and put it with its signature into the folder of prepackaged plugins.',
    };
  }
  return {
    state: 'manual' as const,
    text: 'plugins may not be uploaded to this server, and the API cannot change that',
    todo: 'On the Mattermost server: mmctl --local config set PluginSettings.EnableUploads true (or MM_PLUGINSETTINGS_ENABLEUPLOADS=true and a restart), then run setup again',
  };
}
