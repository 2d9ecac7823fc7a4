import type { PluginHost } from './context.ts';
import { reArg } from './re-arg.ts';

/** The registry methods for the system console. Keys are stored lower-cased, as the console looks them up. */
export function adminMethods(pluginId: string, host: PluginHost) {
  return {
    registerAdminConsoleCustomSetting: reArg(['key', 'component', 'options'], ({ key, component, options }) => {
      const showTitle = (options as { showTitle?: boolean } | undefined)?.showTitle ?? false;
      const data = { key: String(key), pluginId, component, options: { showTitle } };
      host.store.dispatch({ type: 'RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT', data });
    }),
    registerAdminConsoleCustomSection: reArg(['key', 'component'], ({ key, component }) => {
      const data = { key: String(key), pluginId, component };
      host.store.dispatch({ type: 'RECEIVED_ADMIN_CONSOLE_CUSTOM_SECTION', data });
    }),
    registerAdminConsolePlugin: reArg(['func'], ({ func }) => {
      host.store.dispatch({ type: 'RECEIVED_ADMIN_CONSOLE_REDUCER', data: { pluginId, reducer: func } });
    }),
    unregisterAdminConsolePlugin: () => {
      host.store.dispatch({ type: 'REMOVED_ADMIN_CONSOLE_REDUCER', data: { pluginId } });
    },
  };
}
