import type { PluginHost, SocketEvent } from './context.ts';
import { reArg } from './re-arg.ts';
import { placer } from './registry-components.ts';
import { extractUserSettings } from './user-settings.ts';

const HOOKS = {
  registerSlashCommandWillBePostedHook: 'SlashCommandWillBePosted',
  registerMessageWillBePostedHook: 'MessageWillBePosted',
  registerMessageWillBeUpdatedHook: 'MessageWillBeUpdated',
  registerMessageWillFormatHook: 'MessageWillFormat',
  registerDesktopNotificationHook: 'DesktopNotificationHooks',
  registerFilesWillUploadHook: 'FilesWillUploadHook',
} as const;

/** The registry methods for hooks, reducers, WebSocket handlers, translations and user settings. */
export function hookMethods(pluginId: string, host: PluginHost) {
  const place = placer(pluginId, host);
  const hooks = Object.fromEntries(
    Object.entries(HOOKS).map(([method, slot]) => [method, reArg(['hook'], ({ hook }) => place(slot, { hook }))]),
  ) as Record<keyof typeof HOOKS, (...given: unknown[]) => string>;
  return { ...hooks, ...socketMethods(pluginId, host), ...stateMethods(pluginId, host) };
}

function socketMethods(pluginId: string, host: PluginHost) {
  return {
    registerWebSocketEventHandler: reArg(['event', 'handler'], ({ event, handler }) => {
      const handlers = host.socketHandlers[pluginId] ?? {};
      host.socketHandlers[pluginId] = { ...handlers, [String(event)]: handler as (message: SocketEvent) => void };
    }),
    unregisterWebSocketEventHandler: reArg(['event'], ({ event }) => {
      delete host.socketHandlers[pluginId]?.[String(event)];
    }),
    registerReconnectHandler: reArg(['handler'], ({ handler }) => {
      host.reconnectHandlers[pluginId] = handler as () => void;
    }),
    unregisterReconnectHandler: () => {
      delete host.reconnectHandlers[pluginId];
    },
  };
}

function stateMethods(pluginId: string, host: PluginHost) {
  return {
    registerReducer: reArg(['reducer'], ({ reducer }) => host.addReducer(`plugins-${pluginId}`, reducer)),
    registerTranslations: reArg(['getTranslationsForLocale'], ({ getTranslationsForLocale }) => {
      const translate = getTranslationsForLocale as (locale: string) => Record<string, string>;
      host.store.dispatch({ type: 'RECEIVED_PLUGIN_TRANSLATIONS', pluginId, translate });
    }),
    registerUserSettings: reArg(['setting'], ({ setting }) => {
      const valid = extractUserSettings(setting, pluginId);
      if (valid === null) return;
      host.store.dispatch({ type: 'RECEIVED_PLUGIN_USER_SETTINGS', data: { pluginId, setting: valid } });
    }),
    registerSiteStatisticsHandler: reArg(['handler'], ({ handler }) => {
      host.store.dispatch({ type: 'RECEIVED_PLUGIN_STATS_HANDLER', data: { pluginId, handler } });
    }),
  };
}
