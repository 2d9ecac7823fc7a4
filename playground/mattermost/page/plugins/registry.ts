import type { PluginHost } from './context.ts';
import { adminMethods } from './registry-admin.ts';
import { componentMethods } from './registry-components.ts';
import { hookMethods } from './registry-hooks.ts';

/** Builds the registry one plugin's `initialize` receives: every method of contract §1.4, both calling conventions. */
export function createRegistry(pluginId: string, host: PluginHost) {
  return {
    id: pluginId,
    supports: { globalAppBar: true, globalRhs: true },
    ...componentMethods(pluginId, host),
    ...hookMethods(pluginId, host),
    ...adminMethods(pluginId, host),
  };
}
