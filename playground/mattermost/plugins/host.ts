import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { jsonMap } from '../../../sidecar/src/host/protocol/gob-types.ts';
import type { InstalledPlugin, Post } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import type { PluginCommand, PluginHost } from './plugin-host.ts';
import { createPluginApi } from './process/api.ts';
import type { PluginLogLine } from './process/log.ts';
import { type SupervisedPlugin, supervisePlugin } from './process/supervisor.ts';
import type { Hook } from './process/wire.ts';

export interface PluginHostOptions {
  /** Mattermost's own environment, which plugins inherit. */
  env: Record<string, string | undefined>;
}

export function createPluginHost(state: () => MattermostState, { env }: PluginHostOptions): PluginHost {
  const processes = new Map<string, { plugin: SupervisedPlugin; folder: string }>();
  const commands = new Map<string, PluginCommand>();
  const keys = new Map<string, Map<string, Buffer>>();
  const logs = new Map<string, PluginLogLine[]>();

  async function stop(pluginId: string): Promise<void> {
    const running = processes.get(pluginId);
    processes.delete(pluginId);
    for (const [trigger, { pluginId: owner }] of commands) if (owner === pluginId) commands.delete(trigger);
    await running?.plugin.stop();
    if (running) rmSync(running.folder, { recursive: true, force: true });
  }

  /** Calls a hook of every running plugin that implements it; what a plugin answers does not matter. */
  function tell(hook: Hook, argument: unknown): void {
    for (const { plugin } of processes.values()) {
      const connection = plugin.connection();
      if (connection?.implemented.has(hook)) connection.call(hook, argument).catch(() => {});
    }
  }

  const host: PluginHost = {
    start: async (plugin) => {
      const { id } = plugin.manifest;
      await stop(id);
      const folder = mkdtempSync(join(tmpdir(), 'playground-plugin-'));
      const executable = unpack(plugin, folder);
      const supervised = await supervisePlugin({
        executable,
        env,
        api: createPluginApi(state(), id, folder),
        now: () => state().now(),
        onState: (state, error) => void Object.assign(plugin, { state, error }),
      });
      processes.set(id, { plugin: supervised, folder });
    },
    stop,
    connection: (pluginId) => processes.get(pluginId)?.plugin.connection() ?? null,
    supervised: (pluginId) => processes.get(pluginId)?.plugin,
    registerCommand: (pluginId, trigger, command) => void commands.set(trigger, { pluginId, command }),
    command: (trigger) => commands.get(trigger),
    commands: () => [...commands.values()],
    keys: (pluginId) => {
      const own = keys.get(pluginId) ?? new Map<string, Buffer>();
      keys.set(pluginId, own);
      return own;
    },
    log: (pluginId, level, message) => void logs.set(pluginId, [...(logs.get(pluginId) ?? []), { level, message }]),
    logOf: (pluginId) => [...(processes.get(pluginId)?.plugin.log() ?? []), ...(logs.get(pluginId) ?? [])],
    configurationChanged: () => tell('OnConfigurationChange', {}),
    posted: (post) => tell('MessageHasBeenPosted', { A: {}, B: goPost(post) }),
    deactivated: (user) =>
      tell('UserHasBeenDeactivated', { A: {}, B: { Id: user.id, DeleteAt: user.delete_at, Username: user.username } }),
    close: async () => {
      await Promise.all([...processes.keys()].map(stop));
    },
  };
  return host;
}

/** Writes the plugin's files, executables with their mode, and returns the executable for this machine. */
function unpack(plugin: InstalledPlugin, folder: string): string {
  for (const [path, bytes] of plugin.files) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    chmodSync(file, plugin.modes.get(path) ?? 0o644);
  }
  return join(folder, executableOf(plugin));
}

const GO_ARCHITECTURES: Record<string, string> = { x64: 'amd64', arm64: 'arm64' };

/** `GetExecutableForRuntime`: the one for this system and processor, else the common one. */
export function executableOf({ manifest }: InstalledPlugin): string {
  const server = manifest.server as { executables?: Record<string, string>; executable?: string } | undefined;
  const key = `${process.platform}-${GO_ARCHITECTURES[process.arch] ?? process.arch}`;
  return server?.executables?.[key] ?? server?.executable ?? '';
}

function goPost(post: Post): Record<string, unknown> {
  return {
    Id: post.id,
    CreateAt: post.create_at,
    UpdateAt: post.update_at,
    EditAt: post.edit_at,
    DeleteAt: post.delete_at,
    UserId: post.user_id,
    ChannelId: post.channel_id,
    RootId: post.root_id,
    Message: post.message,
    Type: post.type,
    Props: jsonMap(post.props),
    FileIds: post.file_ids ?? [],
  };
}
