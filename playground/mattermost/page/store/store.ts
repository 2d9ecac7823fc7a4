import configureStore from 'mattermost-redux/store';
import type { AppStore } from '../types.ts';
import { pluginsReducer } from './plugins-reducer.ts';
import { viewsReducer } from './views-reducer.ts';

type Configure = (options: { appReducers: object; preloadedState: object }) => AppStore;

/** A CommonJS default arrives wrapped once or twice, depending on the bundler's interop. */
function unwrapped(module: unknown): Configure {
  const inner = (module as { default?: unknown }).default;
  return inner === undefined ? (module as Configure) : unwrapped(inner);
}

/** Builds the host's store: mattermost-redux's own entities with the `plugins` and `views` slices beside them. */
export function makeStore(): AppStore {
  return unwrapped(configureStore)({
    appReducers: { plugins: pluginsReducer, views: viewsReducer },
    preloadedState: {},
  });
}
