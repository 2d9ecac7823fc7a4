import { readFileSync } from 'node:fs';

/** Version of the sidecar and of the plugin. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** The plugin of this version, as in its manifest (plugin.json). */
export const PLUGIN = { id: 'msteams_connect', version: VERSION, minServerVersion: '10.11.0' };
