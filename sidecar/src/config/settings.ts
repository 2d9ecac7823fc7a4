import { PUBLISHER_APP_ID } from '../core/microsoft-graph.ts';

/** Where a setting stands in docs/operations.md, and later in the System Console. */
export type SettingGroup = keyof typeof GROUPS;

/** The groups in the order of the page, with their headings. */
export const GROUPS = {
  mattermost: 'Mattermost',
  microsoft: 'Microsoft',
  people: 'Who may connect',
  features: 'Features',
  storage: 'Storage and keys',
  process: 'The process',
} as const;

interface SettingBase {
  /**
   * Key in the System Console. Mattermost stores `PluginSettings.Plugins.<plugin id>.<key>` in lower case
   * (server/public/model/config.go). Null: the setting has a meaning outside of Mattermost only.
   */
  key: string | null;
  group: SettingGroup;
  /** What it does, for the operator. Markdown. */
  help: string;
  /** Masked in the System Console. In the environment also accepted as `NAME_FILE`, the path of a file with the value. */
  secret?: true;
  /** The start is refused without it. */
  required?: true;
  /** What an absent value means where no `default` states it. Markdown. */
  whenAbsent?: string;
}

/**
 * A setting. The types are those of Mattermost's `settings_schema`, with `url` and `list` (comma-separated) narrowing `text`.
 * `expects` completes the sentences "Set it to …" and "not …"; of a list it names the entries ("write …, separated by commas").
 */
export type Setting = SettingBase &
  (
    | { type: 'text'; default?: string; pattern?: RegExp; expects?: string; alias?: string }
    /** Several lines (PEM). The environment accepts the file only, `NAME_FILE`. */
    | { type: 'longtext' }
    /** Absolute http(s) address without query; kept without trailing slashes. */
    | { type: 'url'; https?: true }
    | { type: 'list'; pattern: RegExp; expects: string }
    /** Whole number from 1 to `max`. */
    | { type: 'number'; default?: number; max: number }
    /** `true` or `false`. */
    | { type: 'bool'; default: boolean }
    /** `refused` holds values that people try, with the reason why they cannot be used. */
    | { type: 'dropdown'; default: string; options: readonly string[]; refused?: Record<string, string> }
  );

/** A tenant, application or object id. */
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Every setting under its environment name, in the order of docs/operations.md (`npm run docs` writes the page's tables from here).
 * Reader, `Config` and the check for misspelt names derive from this table.
 */
export const SETTINGS = {
  MATTERMOST_URL: {
    key: null,
    group: 'mattermost',
    type: 'url',
    required: true,
    help: 'Site URL as users see it.',
  },
  MATTERMOST_INTERNAL_URL: {
    key: null,
    group: 'mattermost',
    type: 'url',
    whenAbsent: '`MATTERMOST_URL`',
    help: 'Where the sidecar reaches Mattermost.',
  },
  MATTERMOST_BOT_TOKEN: {
    key: null,
    group: 'mattermost',
    type: 'text',
    required: true,
    secret: true,
    help: 'Token of the bot account.',
  },
  MATTERMOST_COMMAND_TOKEN: {
    key: null,
    group: 'mattermost',
    type: 'text',
    required: true,
    secret: true,
    pattern: /^[a-z0-9]{26}$/,
    expects: 'the 26-character token of the slash command',
    help: "The slash command's 26-character token, the same in every team.",
  },
  MATTERMOST_OAUTH_CLIENT_ID: {
    key: null,
    group: 'mattermost',
    type: 'text',
    whenAbsent: 'required with `ACCOUNT_MATCH=any`',
    help: "Client id of Mattermost's own OAuth 2.0 application, through which a browser proves its Mattermost session (see *Accounts*).",
  },
  MATTERMOST_OAUTH_CLIENT_SECRET: {
    key: null,
    group: 'mattermost',
    type: 'text',
    secret: true,
    whenAbsent: 'required with `ACCOUNT_MATCH=any`',
    help: 'Client secret of that application.',
  },
  MICROSOFT_TENANT_ID: {
    key: 'microsoft_tenant_id',
    group: 'microsoft',
    type: 'text',
    required: true,
    pattern: GUID,
    expects: 'the directory (tenant) id, a GUID',
    help: 'Directory (tenant) id of the app registration.',
  },
  MICROSOFT_CLIENT_ID: {
    key: 'microsoft_client_id',
    group: 'microsoft',
    type: 'text',
    required: true,
    pattern: GUID,
    expects: 'the application (client) id, a GUID',
    help: 'Application (client) id of the app registration.',
  },
  MICROSOFT_CLIENT_SECRET: {
    key: 'microsoft_client_secret',
    group: 'microsoft',
    type: 'text',
    secret: true,
    whenAbsent: 'one credential required',
    help: 'Secret of the app registration …',
  },
  MICROSOFT_CLIENT_CERTIFICATE: {
    key: 'microsoft_client_certificate',
    group: 'microsoft',
    type: 'longtext',
    help: '… or the path of its certificate (PEM) …',
  },
  MICROSOFT_CLIENT_KEY: {
    key: 'microsoft_client_key',
    group: 'microsoft',
    type: 'longtext',
    secret: true,
    help: '… and the path of its private key (PEM).',
  },
  MICROSOFT_CLIENT_SECRET_NEXT: {
    key: 'microsoft_client_secret_next',
    group: 'microsoft',
    type: 'text',
    secret: true,
    help: 'The next credential: used from the moment Microsoft refuses the first (see *Roll-over*).',
  },
  MICROSOFT_CLIENT_CERTIFICATE_NEXT: {
    key: 'microsoft_client_certificate_next',
    group: 'microsoft',
    type: 'longtext',
    help: 'The same as a certificate …',
  },
  MICROSOFT_CLIENT_KEY_NEXT: {
    key: 'microsoft_client_key_next',
    group: 'microsoft',
    type: 'longtext',
    secret: true,
    help: '… and its private key.',
  },
  MICROSOFT_CLOUD: {
    key: 'microsoft_cloud',
    group: 'microsoft',
    type: 'dropdown',
    options: ['global', 'gcc', 'gcc-high', 'dod'],
    refused: {
      china:
        'Microsoft 365 operated by 21Vianet has no change notifications for Teams chats and no presence of several users, so messages could not arrive',
    },
    default: 'global',
    help: 'Sets authority, Graph root, Teams link host and how lists are read (see *Subscriptions*). `china` is refused: it has no notifications of Teams chats.',
  },
  MICROSOFT_AUTHORITY_URL: {
    key: 'microsoft_authority_url',
    group: 'microsoft',
    type: 'url',
    whenAbsent: 'by cloud',
    help: 'Root of the sign-in service, instead of the one of the cloud.',
  },
  GRAPH_URL: {
    key: 'graph_url',
    group: 'microsoft',
    type: 'url',
    whenAbsent: 'by cloud',
    help: 'Root of Microsoft Graph, instead of the one of the cloud.',
  },
  TEAMS_URL: {
    key: 'teams_url',
    group: 'microsoft',
    type: 'url',
    whenAbsent: 'by cloud',
    help: 'Host of links into Teams, instead of the one of the cloud.',
  },
  MICROSOFT_VALIDATION_ISSUERS: {
    key: 'microsoft_validation_issuers',
    group: 'microsoft',
    type: 'list',
    pattern: /^https:\/\/[^\s/]+\/(?=.*\{tenant\})\S*$/,
    expects: 'https addresses with {tenant} in each',
    whenAbsent: "authority's version 2, `https://sts.windows.net/{tenant}/`",
    help: 'Accepted issuers of the tokens that prove notifications: https addresses with `{tenant}`, separated by commas. No document names them for `gcc-high` and `dod`.',
  },
  MICROSOFT_PUBLISHER_APP_ID: {
    key: 'microsoft_publisher_app_id',
    group: 'microsoft',
    type: 'text',
    pattern: GUID,
    expects: 'an application (client) id, a GUID',
    default: PUBLISHER_APP_ID,
    help: 'The application that sends notifications (Microsoft Graph Change Tracking).',
  },
  ACCOUNT_MATCH: {
    key: 'account_match',
    group: 'people',
    type: 'dropdown',
    options: ['email', 'any'],
    default: 'email',
    help: '`email`: both accounts must have the same address. `any`: they need not, but the browser must prove its Mattermost session (see *Accounts*).',
  },
  MICROSOFT_ALLOWED_TENANTS: {
    key: 'microsoft_allowed_tenants',
    group: 'people',
    type: 'list',
    pattern: GUID,
    expects: 'directory (tenant) ids, GUIDs',
    whenAbsent: '`MICROSOFT_TENANT_ID`',
    help: 'Tenants whose accounts may connect: directory (tenant) ids, separated by commas (see *Accounts*).',
  },
  MAX_CONNECTIONS: {
    key: 'max_connections',
    group: 'people',
    type: 'number',
    max: 10_000_000,
    help: 'Limit of connected users.',
  },
  FEED: {
    key: 'feed',
    group: 'features',
    type: 'dropdown',
    options: ['personal', 'tenant'],
    default: 'personal',
    help: '`personal`: one subscription per connected user. `tenant`: one for the whole tenant, with application permissions (see *Subscriptions*).',
  },
  FORWARD_FILES: {
    key: 'forward_files',
    group: 'features',
    type: 'bool',
    default: false,
    help: '`true`: files shared in Teams are attached to the posts, not only linked (see *Files*).',
  },
  FORWARD_FILES_MAX_MB: {
    key: 'forward_files_max_mb',
    group: 'features',
    type: 'number',
    default: 20,
    max: 1_000,
    help: "Largest file to attach, in MiB; larger files stay links. Mattermost's own *Maximum File Size* counts too.",
  },
  ALERT_USERS: {
    key: 'alert_users',
    group: 'features',
    type: 'list',
    pattern: /^@?[a-z0-9._-]{1,64}$/i,
    expects: 'Mattermost usernames',
    help: 'Mattermost usernames, separated by commas: who gets a direct message when only an administrator can help.',
  },
  DATABASE_URL: {
    key: 'database_url',
    group: 'storage',
    type: 'text',
    secret: true,
    whenAbsent: 'embedded',
    help: '`postgres://…` for several replicas.',
  },
  DATA_DIR: {
    key: null,
    group: 'storage',
    type: 'text',
    default: './data',
    help: 'Folder of the embedded database and of generated keys.',
  },
  ENCRYPTION_KEYS: {
    key: 'encryption_keys',
    group: 'storage',
    type: 'list',
    pattern: /^[\w-]{1,32}:[A-Za-z0-9+/_-]{43}=?$/,
    expects: 'id:base64 with 32 bytes each (openssl rand -base64 32)',
    secret: true,
    whenAbsent: 'made in `DATA_DIR`',
    help: '`id:base64,id:base64`, 32 bytes each; the first encrypts, all decrypt.',
  },
  PUBLIC_URL: {
    key: null,
    group: 'process',
    type: 'url',
    https: true,
    required: true,
    help: 'Where Microsoft and browsers reach the sidecar; https.',
  },
  HOST: {
    key: null,
    group: 'process',
    type: 'text',
    default: '127.0.0.1',
    help: 'Address on which it listens, without TLS, behind your reverse proxy.',
  },
  PORT: {
    key: null,
    group: 'process',
    type: 'number',
    default: 8066,
    max: 65_535,
    help: 'Port on which it listens.',
  },
  METRICS_TOKEN: {
    key: null,
    group: 'process',
    type: 'text',
    secret: true,
    help: 'When set, `/metrics` requires it as a bearer token.',
  },
  LEASE_SECONDS: {
    key: 'lease_seconds',
    group: 'process',
    type: 'number',
    default: 30,
    max: 600,
    help: 'With several replicas: how long a replica that gives no sign of life keeps its chat queues (see *Sizing*).',
  },
  HTTPS_PROXY: {
    key: null,
    group: 'process',
    type: 'text',
    alias: 'https_proxy',
    help: "Proxy for https requests to the outside, as other programs read it. This machine's own addresses (127.0.0.1, ::1) are always reached directly.",
  },
  HTTP_PROXY: {
    key: null,
    group: 'process',
    type: 'text',
    alias: 'http_proxy',
    help: 'Proxy for http requests to the outside.',
  },
  NO_PROXY: {
    key: null,
    group: 'process',
    type: 'text',
    alias: 'no_proxy',
    help: "Hosts reached without a proxy, separated by commas. List Mattermost's host when it is inside. All three work in lower case too.",
  },
  LOG_LEVEL: {
    key: 'log_level',
    group: 'process',
    type: 'dropdown',
    options: ['debug', 'info', 'warn', 'error'],
    default: 'info',
    help: 'Least severe level that is logged.',
  },
} as const satisfies Record<string, Setting>;

/** Environment name of a setting. */
export type SettingName = keyof typeof SETTINGS;

/** All names in the order of the table. */
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The setting under its name, with every optional field. */
export function settingOf(name: SettingName): Setting {
  return SETTINGS[name];
}
