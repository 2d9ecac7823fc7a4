import type { MattermostState } from './state.ts';

/** `GET config/client` before logging in; all values are text. */
export function limitedClientConfig(state: MattermostState): Record<string, string> {
  const { ServiceSettings, TeamSettings, PluginSettings, LocalizationSettings } = state.config;
  return {
    AsymmetricSigningPublicKey: state.signer.publicKey,
    AvailableLocales: '',
    BuildDate: 'Wed Dec  3 12:00:00 UTC 2025',
    BuildEnterpriseReady: 'false',
    BuildHash: 'dbcfd0c90e',
    BuildNumber: '11.2.0',
    CWSURL: '',
    DefaultClientLocale: LocalizationSettings.DefaultClientLocale,
    DiagnosticsEnabled: 'false',
    EnableBotAccountCreation: String(ServiceSettings.EnableBotAccountCreation),
    EnableDeveloper: String(ServiceSettings.EnableDeveloper),
    EnableSignInWithEmail: 'true',
    EnableSignInWithUsername: 'true',
    EnableSignUpWithEmail: 'true',
    PluginsEnabled: String(PluginSettings.Enable),
    SiteName: TeamSettings.SiteName,
    SiteURL: ServiceSettings.SiteURL,
    Version: '11.2.0',
    WebsocketPort: '80',
    WebsocketSecurePort: '443',
    WebsocketURL: '',
  };
}

/** What a session gets from `GET config/client`. */
export function clientConfig(state: MattermostState): Record<string, string> {
  const { ServiceSettings, TeamSettings, FileSettings, PrivacySettings } = state.config;
  return {
    ...limitedClientConfig(state),
    CollapsedThreads: 'always_on',
    DisableAppBar: 'false',
    EnableCommands: String(ServiceSettings.EnableCommands),
    EnableCustomEmoji: 'true',
    EnableEmojiPicker: 'true',
    EnableFileAttachments: String(FileSettings.EnableFileAttachments),
    EnableInlineLatex: 'false',
    EnableLatex: 'false',
    EnableLinkPreviews: 'true',
    EnableOAuthServiceProvider: String(ServiceSettings.EnableOAuthServiceProvider),
    EnablePostIconOverride: String(ServiceSettings.EnablePostIconOverride),
    EnablePostUsernameOverride: String(ServiceSettings.EnablePostUsernameOverride),
    EnableSVGs: 'false',
    EnableUserAccessTokens: String(ServiceSettings.EnableUserAccessTokens),
    EnableUserStatuses: 'true',
    EnableUserTypingMessages: 'true',
    ExperimentalStrictCSRFEnforcement: String(ServiceSettings.ExperimentalStrictCSRFEnforcement),
    HasImageProxy: 'false',
    MaxFileSize: String(FileSettings.MaxFileSize),
    MaxPostSize: '16383',
    PostEditTimeLimit: String(ServiceSettings.PostEditTimeLimit),
    RestrictDirectMessage: TeamSettings.RestrictDirectMessage,
    ShowEmailAddress: String(PrivacySettings.ShowEmailAddress),
    ShowFullName: String(PrivacySettings.ShowFullName),
    TeammateNameDisplay: TeamSettings.TeammateNameDisplay,
    UniqueEmojiReactionLimitPerPost: String(ServiceSettings.UniqueEmojiReactionLimitPerPost),
  };
}
