import type { InstalledPlugin, Post, Props, User } from '../state/model.ts';
import type { PluginConnection } from './process/connection.ts';
import type { PluginLogLine } from './process/log.ts';
import type { SupervisedPlugin } from './process/supervisor.ts';

/** A slash command that a plugin registered: in all teams, as long as the plugin is active. */
export interface PluginCommand {
  pluginId: string;
  /** As sent: Go's names of fields. */
  command: Props;
}

/** Runs the server parts of plugins. */
export interface PluginHost {
  /** Starts the process of a plugin; its state and error are kept at the plugin. */
  start(plugin: InstalledPlugin): Promise<void>;
  stop(pluginId: string): Promise<void>;
  connection(pluginId: string): PluginConnection | null;
  supervised(pluginId: string): SupervisedPlugin | undefined;
  registerCommand(pluginId: string, trigger: string, command: Props): void;
  command(trigger: string): PluginCommand | undefined;
  commands(): PluginCommand[];
  keys(pluginId: string): Map<string, Buffer>;
  log(pluginId: string, level: string, message: string): void;
  logOf(pluginId: string): readonly PluginLogLine[];
  /** Tells every running plugin, as any saved change of the configuration does. */
  configurationChanged(): void;
  posted(post: Post): void;
  deactivated(user: User): void;
  close(): Promise<void>;
}
