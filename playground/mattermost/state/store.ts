import type {
  AccessToken,
  Bot,
  Channel,
  ChannelRead,
  Command,
  CommandWebhook,
  FileInfo,
  InstalledPlugin,
  OauthApp,
  OauthCode,
  Post,
  Preference,
  Reaction,
  Session,
  Status,
  Team,
  User,
} from './model.ts';

/** All records of the server, in memory. Maps are keyed by id unless a comment says otherwise. */
export interface Store {
  users: Map<string, User>;
  userIdByName: Map<string, string>;
  userIdByEmail: Map<string, string>;
  passwords: Map<string, string>;
  bots: Map<string, Bot>;
  images: Map<string, { type: string; bytes: Buffer }>;
  statuses: Map<string, Status>;
  /** By user, then `category--name`. */
  preferences: Map<string, Map<string, Preference>>;
  teams: Map<string, Team>;
  /** By team: user id → roles in the team. */
  teamMembers: Map<string, Map<string, string>>;
  channels: Map<string, Channel>;
  /** `teamId/name`, with an empty team for direct channels. */
  channelIdByName: Map<string, string>;
  /** By channel: user id → read state. */
  channelMembers: Map<string, Map<string, ChannelRead>>;
  channelsOfUser: Map<string, Set<string>>;
  posts: Map<string, Post>;
  /** By channel, in order of creation, deleted ones included. */
  postsOfChannel: Map<string, Post[]>;
  /** By post: when the request for it came, which a slow server saves later. */
  postAskedAt: Map<string, number>;
  reactions: Map<string, Reaction[]>;
  files: Map<string, FileInfo>;
  /** By the token itself. */
  sessions: Map<string, Session>;
  accessTokens: Map<string, AccessToken>;
  commands: Map<string, Command>;
  commandWebhooks: Map<string, CommandWebhook>;
  oauthApps: Map<string, OauthApp>;
  oauthCodes: Map<string, OauthCode>;
  /** `clientId/userId` of every consent given. */
  oauthGrants: Set<string>;
  plugins: Map<string, InstalledPlugin>;
}

/** An empty server. */
export function createStore(): Store {
  return {
    users: new Map(),
    userIdByName: new Map(),
    userIdByEmail: new Map(),
    passwords: new Map(),
    bots: new Map(),
    images: new Map(),
    statuses: new Map(),
    preferences: new Map(),
    teams: new Map(),
    teamMembers: new Map(),
    channels: new Map(),
    channelIdByName: new Map(),
    channelMembers: new Map(),
    channelsOfUser: new Map(),
    posts: new Map(),
    postsOfChannel: new Map(),
    postAskedAt: new Map(),
    reactions: new Map(),
    files: new Map(),
    sessions: new Map(),
    accessTokens: new Map(),
    commands: new Map(),
    commandWebhooks: new Map(),
    oauthApps: new Map(),
    oauthCodes: new Map(),
    oauthGrants: new Set(),
    plugins: new Map(),
  };
}
