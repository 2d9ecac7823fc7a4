import type { Clock } from '../core/time.ts';
import { SECOND } from '../core/time.ts';
import { createDirectChannels } from './direct-channels.ts';
import type { CommandAnswer, Hooks } from './protocol/connection.ts';
import type { HostApi } from './protocol/host-api.ts';
import type { HostResponse } from './protocol/serve-http.ts';
import { WorkerGone } from './worker/relay.ts';
import { createSupervisor, type Supervisor, type WorkerLike } from './worker/supervisor.ts';

export interface PluginProcessOptions {
  /** Starts a worker with the service. */
  startWorker(): WorkerLike;
  clock: Clock;
  log(level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>): void;
  onLogLine(line: string): void;
}

export interface PluginProcess {
  hooks: Hooks;
  /** Ends the service within so many milliseconds. */
  stop(withinMs: number): Promise<void>;
}

/** Mattermost waits at most 10 s for `OnDeactivate` when it stops itself. */
const STOP_WITHIN_MS = 8 * SECOND;
const STARTING_RETRY_SECONDS = 5;

/**
 * The main thread of the plugin: answers Mattermost and nothing else, so that a hook is never late. All work is the service's, in a
 * worker of its own.
 */
export function createPluginProcess(options: PluginProcessOptions): PluginProcess {
  const { clock, log, onLogLine } = options;
  let active: { api: HostApi; supervisor: Supervisor; direct: ReturnType<typeof createDirectChannels> } | null = null;
  let settings = '';

  const hooks: Hooks = {
    onActivate: async (api) => {
      settings = await settingsText(api);
      const supervisor = createSupervisor({ start: options.startWorker, api, clock, log, onLogLine });
      active = { api, supervisor, direct: createDirectChannels(api) };
    },
    onConfigurationChange: async () => {
      if (active === null) return;
      const changed = await settingsText(active.api);
      if (changed === settings) return;
      settings = changed;
      log('info', 'The settings have changed; the service is started with the new ones.', {});
      active.supervisor.replace();
    },
    onDeactivate: async () => active?.supervisor.stop(STOP_WITHIN_MS),
    onHttp: async (request, response) => {
      const relay = active?.supervisor.relay();
      if (!relay) return unavailable(response);
      try {
        await relay.http(request, response);
      } catch (error) {
        if (error instanceof WorkerGone && !error.isAnswered) return unavailable(response);
        throw error;
      }
    },
    onCommand: async (call) => {
      try {
        return (await active?.supervisor.relay()?.command(call)) ?? STARTING;
      } catch (error) {
        if (error instanceof WorkerGone) return STARTING;
        throw error;
      }
    },
    onPost: async (post) => {
      const relay = active?.supervisor.relay();
      if (relay && active && (await active.direct.isWithBot(post))) relay.event({ kind: 'post', post });
    },
    onUserDeactivated: async (userId) => active?.supervisor.relay()?.event({ kind: 'user_deactivated', userId }),
  };
  return { hooks, stop: async (withinMs) => active?.supervisor.stop(withinMs) };
}

const STARTING: CommandAnswer = {
  text: 'Microsoft Teams for Mattermost is just starting. Please try again in a few seconds.',
};

/** Microsoft repeats a notification that got this answer; a browser shows the sentence. */
async function unavailable(response: HostResponse): Promise<void> {
  await response.head(503, {
    'content-type': ['application/json; charset=utf-8'],
    'retry-after': [String(STARTING_RETRY_SECONDS)],
    'cache-control': ['no-store'],
  });
  const error = { code: 'overloaded', message: STARTING.text, requestId: '' };
  await response.write(Buffer.from(JSON.stringify({ error })));
}

/** The plugin's settings and what the service uses of Mattermost's own, as text to compare. */
async function settingsText(api: HostApi): Promise<string> {
  const [all, { ServiceSettings, SqlSettings }] = await Promise.all([api.pluginSettings(), api.configuration()]);
  // The service itself adds its key at the first start: that is no reason to start another one.
  const { encryption_keys: _, ...own } = all;
  const { SiteURL, ListenAddress, ConnectionSecurity } = (ServiceSettings ?? {}) as Record<string, unknown>;
  const { DataSource } = (SqlSettings ?? {}) as Record<string, unknown>;
  return JSON.stringify([own, SiteURL, ListenAddress, ConnectionSecurity, DataSource]);
}
