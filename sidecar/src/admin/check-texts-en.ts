/** What checks say, in English. Every other language has exactly these keys. */
export const CHECK_TEXTS_EN = {
  unexpected: 'It could not be checked: {message}',
  skipped: 'Not checked, because "{title}" failed.',

  'mattermost.title': 'Mattermost',
  'mattermost.ok': 'Mattermost {version} answers at {url}.',
  'mattermost.old': 'Mattermost {version} is older than {wanted}, the first version that the plugin supports.',
  'mattermost.old.remedy': 'Update Mattermost.',
  'mattermost.failed': 'Mattermost does not answer at {url}.',
  'mattermost.failed.remedy':
    'Check that Mattermost runs and that MATTERMOST_INTERNAL_URL (or MATTERMOST_URL) is the address at which this machine reaches it.',

  'bot.title': 'Bot account',
  'bot.ok': 'The token belongs to the bot @{username}.',
  'bot.person': 'The token belongs to @{username}, which is not a bot account.',
  'bot.person.remedy':
    'Run msteams-connect setup, which makes a bot and writes its token, or put the token of a bot account into MATTERMOST_BOT_TOKEN.',
  'bot.failed': 'Mattermost does not accept the token of the bot: it was revoked, or the bot is disabled.',
  'bot.failed.remedy':
    'Run msteams-connect setup again for a new token, or create one in Integrations → Bot Accounts and put it into MATTERMOST_BOT_TOKEN. If the bot is disabled, enable it there.',

  'bot_rights.title': 'Rights of the bot',
  'bot_rights.ok': 'The bot may look up users with their e-mail addresses and write to them.',
  'bot_rights.email':
    'Mattermost hides e-mail addresses from the bot, so nobody can connect: the Microsoft account must have the same address.',
  'bot_rights.email.remedy': 'Set System Console → Site Configuration → Users and Teams → Show Email Address to true.',
  'bot_rights.teams':
    'Direct messages are limited to people who share a team, and the bot is in {count} of {total} teams.',
  'bot_rights.teams.remedy': 'Run msteams-connect setup again: it adds the bot to every team.',

  'site_url.title': 'Address of Mattermost',
  'site_url.ok': 'MATTERMOST_URL is the Site URL.',
  'site_url.differs':
    'MATTERMOST_URL is {configured}, but the Site URL of Mattermost is {actual}. Browsers are refused by the sidecar, and links lead elsewhere.',
  'site_url.differs.remedy':
    'Set MATTERMOST_URL to {actual}, or correct System Console → Environment → Web Server → Site URL.',
  'site_url.empty': 'Mattermost has no Site URL, so links and slash commands do not work reliably.',
  'site_url.empty.remedy': 'Set System Console → Environment → Web Server → Site URL to {configured}.',

  'command.title': 'Slash command',
  'command.ok': '/msteams is there in every team ({count}).',
  'command.missing': '/msteams is missing in: {teams}.',
  'command.address': '/msteams leads to another address than {url} in: {teams}.',
  'command.token': '/msteams has another token than MATTERMOST_COMMAND_TOKEN in: {teams}.',
  'command.remedy':
    'Run msteams-connect setup again: it creates and corrects the command in every team. By hand: Integrations → Slash Commands, trigger msteams, method POST, address {url}.',
  'command.hidden': 'The bot may not see the slash commands of: {teams}.',
  'command.hidden.remedy':
    'Open this check in the System Console, run msteams-connect doctor --token <administrator token>, or run msteams-connect setup --team-admin so that the sidecar keeps the command in order by itself.',

  'command_call.title': 'Way from Mattermost to the sidecar',
  'command_call.ok': 'Mattermost reaches the sidecar with the slash command.',
  'command_call.token': 'Mattermost reaches the sidecar, but with another token than MATTERMOST_COMMAND_TOKEN.',
  'command_call.token.remedy':
    'Run msteams-connect setup again, and restart the sidecar with the environment file that it writes.',
  'command_call.failed': 'Mattermost could not call the slash command at {url}.',
  'command_call.failed.remedy':
    'If that address is internal, add its host to System Console → Environment → Developer → Allow untrusted internal connections to. Check from the Mattermost server that the address is reachable and its certificate is trusted.',
  'command_call.unknown': 'The bot is in no team with the command, so it could not try it.',
  'command_call.unknown.remedy':
    'Type /msteams status in Mattermost, or run msteams-connect doctor --token <administrator token>.',

  'plugin.title': 'Plugin',
  'plugin.ok': 'The plugin {version} is active.',
  'plugin.version': 'The plugin is version {version}, the sidecar is version {wanted}.',
  'plugin.version.remedy': 'Install the plugin of the same release: msteams-connect setup --plugin FILE.',
  'plugin.missing': 'The plugin is not installed.',
  'plugin.missing.remedy':
    'Run msteams-connect setup, or upload msteams_connect-{wanted}.tar.gz in System Console → Plugins → Plugin Management.',
  'plugin.disabled': 'The plugin is installed but not enabled.',
  'plugin.disabled.remedy': 'Enable it in System Console → Plugins → Plugin Management.',
  'plugin.broken': 'Mattermost could not start the plugin: {error}',
  'plugin.broken.remedy':
    'Look at the Mattermost log, then upload the plugin again: msteams-connect setup --plugin FILE.',
  'plugin.inactive': 'The plugin is not active: it is not installed, or it is disabled.',
  'plugin.inactive.remedy':
    'Look at System Console → Plugins → Plugin Management: enable it there, or run msteams-connect setup.',
  'plugin.off': 'Plugins are switched off in Mattermost.',
  'plugin.off.remedy': 'Set System Console → Plugins → Plugin Management → Enable Plugins to true.',
  'plugin.rival': 'The plugin com.mattermost.msteams-sync is active too and answers /msteams before this one.',
  'plugin.rival.remedy': 'Disable it in System Console → Plugins → Plugin Management.',

  'microsoft.title': 'Microsoft',
  'microsoft.ok': 'Microsoft Entra ID and Microsoft Graph answer.',
  'microsoft.failed': '{url} does not answer.',
  'microsoft.failed.remedy': 'Check that this machine may reach it over HTTPS (firewall, proxy, DNS).',
  'microsoft.tenant': 'Microsoft does not know the tenant {tenant}.',
  'microsoft.tenant.remedy':
    'Set MICROSOFT_TENANT_ID to the directory (tenant) id of the app registration, and MICROSOFT_CLOUD to its cloud.',

  'credential.title': 'App registration',
  'credential.secret': 'The client secret works. Microsoft does not tell its end date; note it when you make one.',
  'credential.certificate': 'The client certificate works until {end}.',
  'credential.ending': 'The client certificate ends on {end}.',
  'credential.ending.remedy':
    'Make a new certificate, add it to the app registration, and set MICROSOFT_CLIENT_CERTIFICATE_FILE and MICROSOFT_CLIENT_KEY_FILE.',
  'credential.expired': 'The client secret has expired. Users stay connected, but nothing can be renewed.',
  'credential.expired.remedy':
    'Make a new secret (Microsoft Entra admin center → App registrations → Certificates & secrets), set MICROSOFT_CLIENT_SECRET and restart the sidecar.',
  'credential.wrong': 'Microsoft refuses the client secret or certificate.',
  'credential.wrong.remedy':
    'Set MICROSOFT_CLIENT_SECRET to the value of the secret (not its id), or register the certificate that is configured, and restart the sidecar.',
  'credential.application': 'The tenant {tenant} has no application {client}.',
  'credential.application.remedy':
    'Check MICROSOFT_CLIENT_ID and MICROSOFT_TENANT_ID against the overview page of the app registration.',
  'credential.refused': 'Microsoft refuses the application (AADSTS{code}).',
  'credential.refused.remedy':
    'Look up the code at https://login.microsoftonline.com/error?code={code} and correct the app registration.',

  'permissions.title': 'Granted permissions',
  'permissions.ok': 'Granted: {scopes}.',
  'permissions.unknown': 'Known with the first connection.',
  'permissions.unknown.remedy': 'If users are asked for an administrator’s approval, grant it once for all: {link}',
  'permissions.missing': 'Not granted: {scopes}.',
  'permissions.files': '{scope} is not granted: with FORWARD_FILES=true shared files stay links.',
  'permissions.files.remedy':
    'Add the delegated permission {scope} of Microsoft Graph to the app registration, then grant admin consent once more: {link}. Who had connected before has it within the hour.',
  'permissions.refused': 'A sign-in failed because the permissions are not granted in the organisation.',
  'permissions.remedy':
    'Grant admin consent once for all: {link} (or Microsoft Entra admin center → App registrations → API permissions → Grant admin consent).',

  'certificate.title': 'Encryption certificate',
  'certificate.ok': 'The certificate that notifications are encrypted with is good until {end}.',
  'certificate.none': 'It is made with the first connection.',
  'certificate.ended': 'The newest certificate ended on {end}.',
  'certificate.ended.remedy': 'Restart the sidecar: it makes a new one. If that does not help, look at its log.',
  'certificate.key':
    'Its private key was sealed with an encryption key that is not configured ({key}). Notifications cannot be read.',
  'certificate.key.remedy': 'Put that key back into ENCRYPTION_KEYS (or the file encryption.key into DATA_DIR).',
  'certificate.broken': 'Its private key cannot be opened.',
  'certificate.broken.remedy': 'Restore the database and the encryption keys from the same backup.',

  'public_url.title': 'Public address',
  'public_url.ok': 'The sidecar answers at {url} as Microsoft wants it.',
  'public_url.slow': 'The sidecar answers at {url} only after {seconds} seconds; Microsoft waits three.',
  'public_url.slow.remedy': 'Look at the reverse proxy and the load of the machine.',
  'public_url.stopped': 'The sidecar is not running on this machine ({local}), and {url} does not answer.',
  'public_url.stopped.remedy': 'Start it with msteams-connect start, or its service.',
  'public_url.dns': 'The host of {url} has no address.',
  'public_url.dns.remedy': 'Check PUBLIC_URL and the DNS entry of its host.',
  'public_url.tls': 'The certificate of {url} is not trusted ({reason}).',
  'public_url.tls.remedy': 'Use a certificate of a public authority, with its full chain: Microsoft accepts no other.',
  'public_url.unreachable': 'Nothing answers at {url} ({reason}).',
  'public_url.unreachable.remedy':
    'Check PUBLIC_URL, and that the reverse proxy listens there and may be reached from the internet on port 443.',
  'public_url.other': 'Something else answers at {url} (status {status}).',
  'public_url.other.remedy':
    'Let the reverse proxy pass everything under PUBLIC_URL to the sidecar, unchanged: path, query and body.',

  'quota.title': 'Subscriptions at Microsoft',
  'quota.ok': '{count} of {limit} that an organisation may have, all applications together.',
  'quota.near':
    '{count} of {limit} that an organisation may have, all applications together. From there on nobody can connect.',
  'quota.near.remedy':
    'Limit the users with MAX_CONNECTIONS or the allow-list, or switch to FEED=tenant, which needs one subscription for all.',

  'database.title': 'Database',
  'database.ok': 'It works. Connected users: {count}.',
  'database.none': 'It is made when the sidecar starts for the first time.',

  'clock.title': 'Clock',
  'clock.ok': 'The clock of this machine agrees with Mattermost and Microsoft.',
  'clock.off': 'The clock of this machine differs by {seconds} seconds from {peer}.',
  'clock.off.remedy': 'Synchronise the clocks (NTP). Tokens are refused when clocks differ by minutes.',

  'backlog.title': 'Waiting notifications',
  'backlog.ok': '{count} waiting.',
  'backlog.late': '{count} waiting, the oldest for {minutes} minutes.',
  'backlog.late.remedy':
    'Look at the other checks and the log of the sidecar; everything is delivered once the cause is gone.',

  'dead_letters.title': 'Given-up notifications',
  'dead_letters.ok': 'None.',
  'dead_letters.some': '{count} could not be delivered.',
  'dead_letters.some.remedy':
    'See why with msteams-connect dead list, remove the cause, then msteams-connect dead replay --all.',
};

/** Names one text. */
export type CheckText = keyof typeof CHECK_TEXTS_EN;
