import type { Props } from './model.ts';

/** The part of Mattermost's configuration that this server obeys; sections and names as in `config.json`. */
export interface Config {
  ServiceSettings: {
    SiteURL: string;
    ListenAddress: string;
    ConnectionSecurity: '' | 'TLS';
    EnableCommands: boolean;
    EnableBotAccountCreation: boolean;
    EnableUserAccessTokens: boolean;
    EnableOAuthServiceProvider: boolean;
    EnableDeveloper: boolean;
    EnablePostUsernameOverride: boolean;
    EnablePostIconOverride: boolean;
    AllowedUntrustedInternalConnections: string;
    EnableInsecureOutgoingConnections: boolean;
    OutgoingIntegrationRequestsTimeout: number;
    MaximumPayloadSizeBytes: number;
    SessionLengthWebInHours: number;
    SessionLengthSSOInHours: number;
    ExperimentalStrictCSRFEnforcement: boolean;
    FrameAncestors: string;
    PostEditTimeLimit: number;
    UniqueEmojiReactionLimitPerPost: number;
  };
  TeamSettings: { SiteName: string; RestrictDirectMessage: 'any' | 'team'; TeammateNameDisplay: string };
  SqlSettings: { DriverName: string; DataSource: string };
  FileSettings: { EnableFileAttachments: boolean; MaxFileSize: number };
  PrivacySettings: { ShowEmailAddress: boolean; ShowFullName: boolean };
  PluginSettings: {
    Enable: boolean;
    EnableUploads: boolean;
    RequirePluginSignature: boolean;
    Plugins: Record<string, Props>;
    PluginStates: Record<string, { Enable: boolean }>;
  };
  RateLimitSettings: { Enable: boolean; PerSec: number; MaxBurst: number };
  LocalizationSettings: { DefaultClientLocale: string };
}

/** Overrides of single settings, as an administrator writes them into `config.json` or the environment. */
export type ConfigPatch = { [Section in keyof Config]?: Partial<Config[Section]> };

/** Mattermost's defaults for a new installation. */
export function defaultConfig(siteUrl: string): Config {
  return {
    ServiceSettings: {
      SiteURL: siteUrl,
      ListenAddress: ':8065',
      ConnectionSecurity: '',
      EnableCommands: true,
      EnableBotAccountCreation: false,
      EnableUserAccessTokens: false,
      EnableOAuthServiceProvider: true,
      EnableDeveloper: false,
      EnablePostUsernameOverride: false,
      EnablePostIconOverride: false,
      AllowedUntrustedInternalConnections: '',
      EnableInsecureOutgoingConnections: false,
      OutgoingIntegrationRequestsTimeout: 30,
      MaximumPayloadSizeBytes: 300_000,
      SessionLengthWebInHours: 720,
      SessionLengthSSOInHours: 720,
      ExperimentalStrictCSRFEnforcement: false,
      FrameAncestors: '',
      PostEditTimeLimit: -1,
      UniqueEmojiReactionLimitPerPost: 50,
    },
    TeamSettings: { SiteName: 'Mattermost', RestrictDirectMessage: 'any', TeammateNameDisplay: 'username' },
    SqlSettings: {
      DriverName: 'postgres',
      DataSource: 'postgres://mmuser:mostest@localhost/mattermost_test?sslmode=disable',
    },
    FileSettings: { EnableFileAttachments: true, MaxFileSize: 104_857_600 },
    PrivacySettings: { ShowEmailAddress: true, ShowFullName: true },
    PluginSettings: {
      Enable: true,
      EnableUploads: false,
      RequirePluginSignature: false,
      Plugins: {},
      PluginStates: {},
    },
    RateLimitSettings: { Enable: false, PerSec: 10, MaxBurst: 100 },
    LocalizationSettings: { DefaultClientLocale: 'en' },
  };
}

function isObject(value: unknown): value is Props {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Merges `patch` into `target` section by section, as `PUT config/patch` does: a map (`Plugins`, `PluginStates`) in the
 * patch replaces the whole stored map. Settings this server does not know are ignored, as Mattermost ignores them.
 */
export function patchConfig(target: Config, patch: Props): void {
  const sections = target as unknown as Record<string, Props>;
  for (const [name, values] of Object.entries(patch)) {
    const section = sections[name];
    if (!section || !isObject(values)) continue;
    for (const [key, value] of Object.entries(values)) {
      if (key in section && typeof section[key] === typeof value && value !== null)
        section[key] = structuredClone(value);
    }
  }
}

/** Deep merge, as an administrator editing the file would do: entries of maps are added, nothing else is lost. */
export function editConfig(target: Config, patch: ConfigPatch): void {
  merge(target as unknown as Props, patch as Props);
}

function merge(target: Props, patch: Props): void {
  for (const [key, value] of Object.entries(patch)) {
    const current = target[key];
    if (isObject(current) && isObject(value)) merge(current, value);
    else target[key] = structuredClone(value);
  }
}
