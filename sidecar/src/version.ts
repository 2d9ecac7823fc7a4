import { readFileSync } from 'node:fs';

/** The version of the sidecar, which the plugin shares. */
export const VERSION: string = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** The plugin that belongs to this sidecar, as its manifest names it. */
export const PLUGIN = { id: 'msteams_connect', version: VERSION, minServerVersion: '10.11.0' };
