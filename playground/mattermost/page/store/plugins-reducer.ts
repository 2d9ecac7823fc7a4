import { combineReducers, type Reducer, type UnknownAction } from 'redux';
import type { AdminCustom, ClientManifest, PluginComponent, PluginsState } from '../types.ts';

/** The actions that change the plugin slices; their names are Mattermost's own. */
export type PluginAction =
  | { type: 'RECEIVED_WEBAPP_PLUGINS'; data: ClientManifest[] }
  | { type: 'RECEIVED_WEBAPP_PLUGIN'; data: ClientManifest }
  | { type: 'REMOVED_WEBAPP_PLUGIN'; data: { id: string } }
  | { type: 'RECEIVED_PLUGIN_COMPONENT'; name: string; data: PluginComponent }
  | { type: 'REMOVED_PLUGIN_COMPONENT'; id: string }
  | { type: 'RECEIVED_PLUGIN_POST_COMPONENT'; data: PluginComponent & { type: string } }
  | { type: 'REMOVED_PLUGIN_POST_COMPONENT'; id: string }
  | { type: 'RECEIVED_PLUGIN_POST_CARD_COMPONENT'; data: PluginComponent & { type: string } }
  | { type: 'RECEIVED_ADMIN_CONSOLE_REDUCER'; data: { pluginId: string; reducer: unknown } }
  | { type: 'REMOVED_ADMIN_CONSOLE_REDUCER'; data: { pluginId: string } }
  | { type: 'RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT'; data: AdminCustom }
  | { type: 'RECEIVED_ADMIN_CONSOLE_CUSTOM_SECTION'; data: AdminCustom }
  | { type: 'RECEIVED_PLUGIN_STATS_HANDLER'; data: { pluginId: string; handler: unknown } }
  | { type: 'RECEIVED_PLUGIN_USER_SETTINGS'; data: { pluginId: string; setting: unknown } }
  | { type: 'LOGOUT_SUCCESS' };

type Slice<T> = (state: Record<string, T>, action: PluginAction) => Record<string, T>;

/** A slice starts empty, and log-out and removal of a plugin empty it again; the rest is its own. */
function slice<T>(change: Slice<T>, drop: (state: Record<string, T>, id: string) => Record<string, T> = omit) {
  return (state: Record<string, T> = {}, action: UnknownAction): Record<string, T> => {
    const known = action as PluginAction;
    if (known.type === 'LOGOUT_SUCCESS') return {};
    return known.type === 'REMOVED_WEBAPP_PLUGIN' ? drop(state, known.data.id) : change(state, known);
  };
}

function omit<T>(state: Record<string, T>, id: string): Record<string, T> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => key !== id));
}

function rejectComponents(state: Record<string, PluginComponent[]>, unwanted: (entry: PluginComponent) => boolean) {
  return Object.fromEntries(
    Object.entries(state).map(([name, entries]) => [name, entries.filter((entry) => !unwanted(entry))]),
  );
}

function byPluginId(one: PluginComponent, other: PluginComponent): number {
  return one.pluginId < other.pluginId ? -1 : Number(one.pluginId > other.pluginId);
}

/** Of two plugins that claim one post type the smaller id keeps it. */
function claim(state: Record<string, PluginComponent>, data: PluginComponent & { type: string }) {
  const holder = state[data.type];
  return holder !== undefined && holder.pluginId < data.pluginId ? state : { ...state, [data.type]: data };
}

function rejectTypes(state: Record<string, PluginComponent>, unwanted: (entry: PluginComponent) => boolean) {
  return Object.fromEntries(Object.entries(state).filter(([, entry]) => !unwanted(entry)));
}

function custom(state: Record<string, Record<string, AdminCustom>>, data: AdminCustom) {
  return { ...state, [data.pluginId]: { ...state[data.pluginId], [data.key.toLowerCase()]: data } };
}

const plugins = slice<ClientManifest>((state, action) => {
  if (action.type === 'RECEIVED_WEBAPP_PLUGINS') return Object.fromEntries(action.data.map((one) => [one.id, one]));
  return action.type === 'RECEIVED_WEBAPP_PLUGIN' ? { ...state, [action.data.id]: action.data } : state;
});

const components = slice<PluginComponent[]>(
  (state, action) => {
    if (action.type === 'REMOVED_PLUGIN_COMPONENT') return rejectComponents(state, (entry) => entry.id === action.id);
    if (action.type !== 'RECEIVED_PLUGIN_COMPONENT') return state;
    return { ...state, [action.name]: [...(state[action.name] ?? []), action.data].sort(byPluginId) };
  },
  (state, id) => rejectComponents(state, (entry) => entry.pluginId === id),
);

const postTypes = slice<PluginComponent>(
  (state, action) => {
    if (action.type === 'RECEIVED_PLUGIN_POST_COMPONENT') return claim(state, action.data);
    return action.type === 'REMOVED_PLUGIN_POST_COMPONENT'
      ? rejectTypes(state, (entry) => entry.id === action.id)
      : state;
  },
  (state, id) => rejectTypes(state, (entry) => entry.pluginId === id),
);

const postCardTypes = slice<PluginComponent>(
  (state, action) => (action.type === 'RECEIVED_PLUGIN_POST_CARD_COMPONENT' ? claim(state, action.data) : state),
  (state, id) => rejectTypes(state, (entry) => entry.pluginId === id),
);

const adminConsoleReducers = slice<unknown>((state, action) => {
  if (action.type === 'REMOVED_ADMIN_CONSOLE_REDUCER') return omit(state, action.data.pluginId);
  return action.type === 'RECEIVED_ADMIN_CONSOLE_REDUCER'
    ? { ...state, [action.data.pluginId]: action.data.reducer }
    : state;
});

const adminConsoleCustomComponents = slice<Record<string, AdminCustom>>((state, action) =>
  action.type === 'RECEIVED_ADMIN_CONSOLE_CUSTOM_COMPONENT' ? custom(state, action.data) : state,
);

const adminConsoleCustomSections = slice<Record<string, AdminCustom>>((state, action) =>
  action.type === 'RECEIVED_ADMIN_CONSOLE_CUSTOM_SECTION' ? custom(state, action.data) : state,
);

const siteStatsHandlers = slice<unknown>((state, action) =>
  action.type === 'RECEIVED_PLUGIN_STATS_HANDLER' ? { ...state, [action.data.pluginId]: action.data.handler } : state,
);

const userSettings = slice<unknown>((state, action) =>
  action.type === 'RECEIVED_PLUGIN_USER_SETTINGS' ? { ...state, [action.data.pluginId]: action.data.setting } : state,
);

/** The slices of `state.plugins`. */
export const pluginsReducer: Reducer<PluginsState> = combineReducers({
  plugins,
  components,
  postTypes,
  postCardTypes,
  adminConsoleReducers,
  adminConsoleCustomComponents,
  adminConsoleCustomSections,
  siteStatsHandlers,
  userSettings,
});
