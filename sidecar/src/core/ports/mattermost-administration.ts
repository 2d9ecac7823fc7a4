import type { User } from '../types.ts';

/** The account behind a token. */
export interface Self {
  id: string;
  username: string;
  isBot: boolean;
  roles: string[];
}

/** An account, as far as setup reads it. */
export interface Account {
  id: string;
  isBot: boolean;
  deactivated: boolean;
  /** A bot's description; empty for people. */
  description: string;
}

/** The part of the server's configuration that every session may read. */
export interface Site {
  /** Without a trailing slash; empty when it was never set. */
  url: string;
  version: string;
  createsBots: boolean;
  showsEmail: boolean;
  /** Direct messages only between people who share a team. */
  directMessagesNeedTeam: boolean;
}

/** The part of the configuration that only administrators may read. */
export interface SiteSettings {
  pluginsEnabled: boolean;
  uploadsEnabled: boolean;
  signatureRequired: boolean;
  commandsEnabled: boolean;
  /** Whether Mattermost serves as an OAuth 2.0 provider. */
  oauthProvider: boolean;
  /** `AllowedUntrustedInternalConnections`: internal hosts and networks that Mattermost may call, separated by spaces or commas. */
  internalHosts: string;
}

/** A team; `name` is the one in its address. */
export interface Team {
  id: string;
  name: string;
}

/** A custom slash command; `url` and `token` are empty without the right to manage commands. */
export interface SlashCommand {
  id: string;
  teamId: string;
  trigger: string;
  url: string;
  token: string;
}

/** An installed plugin; `sidecarUrl` is `props.sidecar_url` of its manifest. */
export interface InstalledPlugin {
  id: string;
  version: string;
  sidecarUrl: string;
}

/** State of an installed plugin; `error` is Mattermost's message, or empty. */
export interface PluginStatus {
  id: string;
  running: boolean;
  error: string;
}

/** One of a bot's tokens, without its secret. */
export interface TokenEntry {
  id: string;
  description: string;
}

/** A new or changed slash command. */
export interface CommandDraft {
  teamId: string;
  url: string;
  token: string;
}

/** An account in a team. */
export interface TeamMember {
  teamId: string;
  userId: string;
  asAdmin: boolean;
}

/** A registered OAuth 2.0 application, without its secret. */
export interface OauthAppEntry {
  id: string;
  description: string;
  callbackUrls: string[];
}

/** A new OAuth 2.0 application; addresses are http(s). */
export interface OauthAppDraft {
  name: string;
  description: string;
  homepage: string;
  callbackUrl: string;
}

/**
 * Mattermost's REST API for administrators: what the checks read and `setup` changes, as far as the token's owner may.
 * @throws {AppError} mattermost_*; mattermost_refused without the right
 */
export interface Administration {
  /** Opens a session, which `logOut` ends. */
  logIn(name: string, password: string): Promise<void>;
  logOut(): Promise<void>;
  self(): Promise<Self>;
  site(): Promise<Site>;
  settings(): Promise<SiteSettings>;
  /** The server's time (Unix milliseconds, whole seconds), null when a proxy hides it. */
  time(): Promise<number | null>;
  teams(): Promise<Team[]>;
  /** The custom commands of a team with their tokens; needs the right to manage commands there. */
  commands(teamId: string): Promise<SlashCommand[]>;
  /** The commands a member may use, without address and token. */
  offeredCommands(teamId: string): Promise<SlashCommand[]>;
  addCommand(draft: CommandDraft): Promise<void>;
  changeCommand(id: string, draft: CommandDraft): Promise<void>;
  removeCommand(id: string): Promise<void>;
  /** Runs `/msteams --session` in that team as the token's owner; the answer's `props`. */
  tryCommand(teamId: string): Promise<Record<string, unknown>>;
  findAccount(username: string): Promise<Account | null>;
  addBot(bot: { username: string; name: string; description: string }): Promise<string>;
  enableBot(id: string): Promise<void>;
  disableBot(id: string): Promise<void>;
  /** `png` is the picture's bytes. */
  setPicture(userId: string, png: Uint8Array): Promise<void>;
  addToken(userId: string, description: string): Promise<string>;
  tokens(userId: string): Promise<TokenEntry[]>;
  revokeToken(id: string): Promise<void>;
  /** The roles of an account in the whole system. */
  roles(userId: string): Promise<string[]>;
  /** Active users without guests, 200 a page. */
  people(page: number): Promise<{ users: User[]; isLast: boolean }>;
  /** Ids of at most a hundred users whose name, nickname or address matches. */
  searchUsers(term: string): Promise<string[]>;
  /** Adds the account to the team where it is missing; `asAdmin` makes it a team administrator. False when nothing had to change. */
  joinTeam(member: TeamMember): Promise<boolean>;
  /** Needs no token. */
  activePlugins(): Promise<InstalledPlugin[]>;
  plugins(): Promise<InstalledPlugin[]>;
  pluginStatuses(): Promise<PluginStatus[]>;
  /** Installs or replaces a plugin. */
  installPlugin(name: string, archive: Uint8Array): Promise<void>;
  enablePlugin(id: string): Promise<void>;
  removePlugin(id: string): Promise<void>;
  oauthApps(): Promise<OauthAppEntry[]>;
  addOauthApp(draft: OauthAppDraft): Promise<{ id: string; secret: string }>;
  removeOauthApp(id: string): Promise<void>;
  close(): Promise<void>;
}
