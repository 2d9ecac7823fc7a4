import { readFileSync } from 'node:fs';
import { type MessagePort, parentPort } from 'node:worker_threads';
import { startService } from './app/service.ts';
import { suggestions } from './commands/autocomplete.ts';
import type { Config } from './config/config.ts';
import { internalUrl, readPluginSettings } from './config/plugin-settings.ts';
import { toAppError } from './core/errors.ts';
import { systemClock } from './core/time.ts';
import { provideBot } from './host/bot-account.ts';
import { readInstallation } from './host/installation.ts';
import { isTokenAccepted } from './host/token-check.ts';
import { createUnconfigured } from './host/unconfigured.ts';
import { type HostChannel, openHostChannel } from './host/worker/service-side.ts';
import { createLog } from './logger.ts';

const PLUGIN_ID = 'msteams_connect';
const BOT_PICTURE = new URL('./cli/assets/bot.png', import.meta.url);

/** The service inside Mattermost, in a worker of the plugin's process. */
async function main(port: MessagePort): Promise<void> {
  const channel = openHostChannel(port);
  const { api } = channel;
  await api.registerCommand(suggestions());
  const { own, mattermost } = await readInstallation(api, systemClock);
  const bot = await provideBot({
    api,
    clock: systemClock,
    picture: readFileSync(BOT_PICTURE),
    isAccepted: (token) => isTokenAccepted({ url: internalUrl(mattermost), token, clock: systemClock }),
  });
  try {
    const config = readPluginSettings({ pluginId: PLUGIN_ID, own, mattermost, botToken: bot.token });
    await serve(channel, config);
  } catch (error) {
    const problem = toAppError(error);
    if (problem.code !== 'config_invalid') throw error;
    // Not a fault of the service: it would fail again. The next change of the settings starts a new one.
    createLog('error', channel.logDestination).error({ remedy: problem.remedy }, problem.message);
    const { app, command } = createUnconfigured(problem);
    channel.serve({ app, command, event: () => {}, stop: () => app.close() });
  }
}

async function serve(channel: HostChannel, config: Config): Promise<void> {
  const log = createLog(config.logLevel, channel.logDestination);
  const stop = new AbortController();
  const { app, command, ended } = await startService({ config, log, signal: stop.signal });
  channel.serve({
    app,
    command,
    // Posts and deactivations still come over the WebSocket.
    event: () => {},
    stop: () => {
      stop.abort();
      return ended;
    },
  });
  log.info({ publicUrl: config.publicUrl }, 'Ready.');
}

if (parentPort === null) throw new Error('This program is started by the plugin process.');
await main(parentPort);
