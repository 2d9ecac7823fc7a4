/** What setup did, would do, or cannot do. `todo` is the exact command or System Console path for a person. */
export interface SetupLine {
  state: 'kept' | 'done' | 'planned' | 'manual';
  text: string;
  todo?: string;
}

/** Mattermost, as its administrator. */
export interface SetupMattermost {
  self(): Promise<{ username: string; roles: string[] }>;
  site(): Promise<{ url: string; createsBots: boolean; directMessagesNeedTeam: boolean }>;
  settings(): Promise<{
    pluginsEnabled: boolean;
    uploadsEnabled: boolean;
    signatureRequired: boolean;
    commandsEnabled: boolean;
    oauthProvider: boolean;
    internalHosts: string;
  }>;
  teams(): Promise<Array<{ id: string; name: string }>>;
  commands(teamId: string): Promise<Array<{ id: string; url: string; token: string }>>;
  addCommand(draft: CommandValues): Promise<void>;
  changeCommand(id: string, draft: CommandValues): Promise<void>;
  removeCommand(id: string): Promise<void>;
  findAccount(
    username: string,
  ): Promise<{ id: string; isBot: boolean; deactivated: boolean; description: string } | null>;
  addBot(bot: { username: string; name: string; description: string }): Promise<string>;
  enableBot(id: string): Promise<void>;
  disableBot(id: string): Promise<void>;
  setPicture(userId: string, png: Uint8Array): Promise<void>;
  addToken(userId: string, description: string): Promise<string>;
  tokens(userId: string): Promise<Array<{ id: string; description: string }>>;
  revokeToken(id: string): Promise<void>;
  joinTeam(member: { teamId: string; userId: string; asAdmin: boolean }): Promise<boolean>;
  plugins(): Promise<Array<{ id: string; version: string; sidecarUrl: string }>>;
  pluginStatuses(): Promise<Array<{ id: string; running: boolean; error: string }>>;
  installPlugin(name: string, archive: Uint8Array): Promise<void>;
  enablePlugin(id: string): Promise<void>;
  removePlugin(id: string): Promise<void>;
  oauthApps(): Promise<OauthAppEntry[]>;
  addOauthApp(draft: {
    name: string;
    description: string;
    homepage: string;
    callbackUrl: string;
  }): Promise<{ id: string; secret: string }>;
  removeOauthApp(id: string): Promise<void>;
}

/** An OAuth 2.0 application of Mattermost. */
export interface OauthAppEntry {
  id: string;
  description: string;
  callbackUrls: string[];
}

/** One slash command. */
export interface CommandValues {
  teamId: string;
  url: string;
  token: string;
}

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
