import type { Administration } from '../../core/ports/mattermost-administration.ts';

/** One line about what setup did, would do, or leaves to a person. `todo` is the exact command or System Console path. */
export interface SetupLine {
  state: 'kept' | 'done' | 'planned' | 'manual';
  text: string;
  todo?: string;
}

/** One step of setup or of its undoing; `say` takes each line as it comes. */
export interface SetupStep {
  title: string;
  run(say: (line: SetupLine) => void): Promise<void>;
}

/** Mattermost with an administrator's rights. */
export type SetupMattermost = Pick<
  Administration,
  | 'self'
  | 'site'
  | 'settings'
  | 'teams'
  | 'commands'
  | 'addCommand'
  | 'changeCommand'
  | 'removeCommand'
  | 'findAccount'
  | 'addBot'
  | 'enableBot'
  | 'disableBot'
  | 'setPicture'
  | 'addToken'
  | 'tokens'
  | 'revokeToken'
  | 'joinTeam'
  | 'plugins'
  | 'pluginStatuses'
  | 'installPlugin'
  | 'enablePlugin'
  | 'removePlugin'
  | 'oauthApps'
  | 'addOauthApp'
  | 'removeOauthApp'
>;

/** Ports of setup. */
export interface SetupDeps {
  mattermost: SetupMattermost;
  /** Account id of a token; null when Mattermost refuses it. */
  ownerOf(token: string): Promise<string | null>;
  /** The packed plugin with the sidecar's address in its manifest; null without a file. */
  bundle: { id: string; version: string; archive: Uint8Array } | null;
  pluginId: string;
  picture: Uint8Array;
  /** A new 26-character command token. */
  newToken(): string;
  /** Whether the host has an internal address, which Mattermost calls only when it is listed. */
  isInternal(host: string): Promise<boolean>;
  settings: SettingsFile;
  say(line: SetupLine): void;
}

/** The sidecar's settings as a file. */
export interface SettingsFile {
  path: string;
  read(): Record<string, string>;
  /** Sets these values, or removes them (null); other lines stay as they are. */
  write(values: Record<string, string | null>): void;
}

/** Options of setup. URLs are without a trailing slash. */
export interface SetupOptions {
  /** Address at which Mattermost was reached. */
  url: string;
  /** The sidecar's public address. */
  sidecarUrl: string;
  botName: string;
  /** New value of `ACCOUNT_MATCH`; null keeps the present one. */
  accountMatch: 'email' | 'any' | null;
  /** Makes the bot administrator of every team, so that the sidecar can create the command in later teams. */
  teamAdmin: boolean;
  dryRun: boolean;
}

/** In the description of what setup made, so that `--undo` finds it. */
export const MADE_BY_SETUP = 'Made by msteams-connect setup.';
export const TOKEN_DESCRIPTION = 'msteams-connect sidecar';
