import type { Administration } from '../../core/ports/mattermost-administration.ts';

/** What setup did, would do, or cannot do. `todo` is the exact command or System Console path for a person. */
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

/** Mattermost, as its administrator. */
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

/** What setup needs besides. */
export interface SetupDeps {
  mattermost: SetupMattermost;
  /** The account id behind a token, null when Mattermost does not accept it. */
  ownerOf(token: string): Promise<string | null>;
  /** The packed plugin, with the sidecar's address in it; null when no file is at hand. */
  bundle: { id: string; version: string; archive: Uint8Array } | null;
  pluginId: string;
  picture: Uint8Array;
  /** A fresh 26-character command token. */
  newToken(): string;
  /** Whether the host has an address that Mattermost calls only when allowed to. */
  isInternal(host: string): Promise<boolean>;
  settings: SettingsFile;
  say(line: SetupLine): void;
}

/** The sidecar's settings as a file. */
export interface SettingsFile {
  path: string;
  read(): Record<string, string>;
  /** Sets these and leaves the rest of the file as it is; null removes one. */
  write(values: Record<string, string | null>): void;
}

/** What the operator decided. URLs without a trailing slash. */
export interface SetupOptions {
  /** Where Mattermost was reached. */
  url: string;
  /** The sidecar's public address. */
  sidecarUrl: string;
  botName: string;
  /** What `ACCOUNT_MATCH` shall be; null: as the settings say. */
  accountMatch: 'email' | 'any' | null;
  /** Makes the bot administrator of every team, so that the sidecar mends the command by itself. */
  teamAdmin: boolean;
  dryRun: boolean;
}

/** Marks what setup made, so that it is found again and undone. */
export const MADE_BY_SETUP = 'Made by msteams-connect setup.';
export const TOKEN_DESCRIPTION = 'msteams-connect sidecar';
