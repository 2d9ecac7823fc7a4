import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as Redux from 'redux';
import { openPage } from '../webapp/dom.ts';
import { answerCalls } from './child.ts';

/**
 * A Mattermost page in a fresh process, so that nothing is compiled yet: how long the plugin's script takes until it has registered
 * everything, and for comparison the scripts of React, which every such page runs.
 */
interface Plugin {
  initialize(registry: unknown, store: unknown): void;
}

/** Milliseconds. */
export interface Registration {
  pluginMs: number;
  reactMs: number;
  registrations: number;
}

answerCalls({ first });

async function first(bundle: string): Promise<Registration> {
  const { window } = openPage();
  const plugins: Plugin[] = [];
  Object.assign(window, { registerPlugin: (_id: string, plugin: Plugin) => void plugins.push(plugin) });
  const scope = { self: globalThis, ReactIntl, ReactRedux, Redux, location: window.location, fetch: () => {} };
  Object.assign(globalThis, scope);

  const react = [evaluation(umd('react')), evaluation(umd('react-dom'))];
  const reactMs = timed(() => {
    for (const evaluate of react) evaluate();
  });

  const store = Redux.createStore(() => STATE);
  let registrations = 0;
  const registry = new Proxy({}, { get: () => () => `registration-${registrations++}` });
  const evaluate = evaluation(bundle);
  const pluginMs = timed(() => {
    evaluate();
    plugins[0]?.initialize(registry, store);
  });
  return { pluginMs, reactMs, registrations };
}

const STATE = {
  entities: {
    general: { config: {} },
    users: { currentUserId: 'me', profiles: { me: { id: 'me', locale: 'en' } } },
    teams: { currentTeamId: '', teams: {}, myMembers: {} },
    channels: { currentChannelId: '', channels: {} },
  },
};

function umd(name: string): string {
  const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
  return manifest.replace('package.json', `umd/${name}.production.min.js`);
}

/** Read beforehand, compiled and run when called. */
function evaluation(file: string): () => void {
  const source = readFileSync(file, 'utf8');
  return () => void new Script(source, { filename: file }).runInThisContext();
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}
