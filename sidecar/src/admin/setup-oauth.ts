import type { OauthAppEntry } from '../core/ports/mattermost-administration.ts';
import type { SetupDeps, SetupOptions } from './setup/types.ts';
import { MADE_BY_SETUP } from './setup/types.ts';

/** Settings that name Mattermost's OAuth 2.0 application. */
export const OAUTH_SETTINGS = ['MATTERMOST_OAUTH_CLIENT_ID', 'MATTERMOST_OAUTH_CLIENT_SECRET'] as const;

const SWITCHED_OFF = 'the OAuth 2.0 service provider is switched off, which ACCOUNT_MATCH=any needs';
const SWITCH_ON =
  'System Console → Integrations → Integration Management → Enable OAuth 2.0 Service Provider: true (or: mmctl config set ServiceSettings.EnableOAuthServiceProvider true), then run setup again';

function callbackUrl(sidecarUrl: string): string {
  return `${sidecarUrl}/oauth/mattermost`;
}

function leadsTo(app: OauthAppEntry, sidecarUrl: string): boolean {
  return app.callbackUrls.includes(callbackUrl(sidecarUrl));
}

/**
 * Makes the OAuth 2.0 application with which a browser proves its Mattermost session (`ACCOUNT_MATCH=any`), or keeps the one of the
 * settings while it leads to the sidecar. The lines for the settings; empty when it is not wanted, not possible, or in a dry run.
 */
export async function makeOauthApp(
  { mattermost, settings, say }: SetupDeps,
  { sidecarUrl, accountMatch, dryRun }: SetupOptions,
): Promise<Record<string, string | null>> {
  const known = settings.read();
  if (accountMatch === 'email') return { ACCOUNT_MATCH: null };
  if (accountMatch === null && known.ACCOUNT_MATCH !== 'any') return {};
  if (!(await mattermost.settings()).oauthProvider) {
    say({ state: 'manual', text: SWITCHED_OFF, todo: SWITCH_ON });
    return {};
  }
  const apps = await mattermost.oauthApps();
  const { MATTERMOST_OAUTH_CLIENT_ID: id, MATTERMOST_OAUTH_CLIENT_SECRET: secret } = known;
  const kept = apps.find((app) => app.id === id && leadsTo(app, sidecarUrl));
  if (kept && secret) {
    say({ state: 'kept', text: 'OAuth 2.0 application' });
    return { ACCOUNT_MATCH: 'any' };
  }
  // One that leads elsewhere since the sidecar's address changed, or whose secret is lost.
  const old = apps.filter((app) => isOurs(app) && (app.id === id || leadsTo(app, sidecarUrl)));
  if (dryRun) {
    say({ state: 'planned', text: `would ${old.length > 0 ? 'replace' : 'create'} the OAuth 2.0 application` });
    return {};
  }
  for (const app of old) await mattermost.removeOauthApp(app.id);
  const made = await mattermost.addOauthApp({
    name: 'Microsoft Teams',
    description: `Tells the bridge to Microsoft Teams whose session a browser holds. ${MADE_BY_SETUP}`,
    homepage: sidecarUrl,
    callbackUrl: callbackUrl(sidecarUrl),
  });
  say({ state: 'done', text: `${old.length > 0 ? 'replaced' : 'created'} the OAuth 2.0 application` });
  return {
    ACCOUNT_MATCH: 'any',
    MATTERMOST_OAUTH_CLIENT_ID: made.id,
    MATTERMOST_OAUTH_CLIENT_SECRET: made.secret,
  };
}

/** Removes what `makeOauthApp` made for this sidecar, and its lines in the settings; one that a person made stays. */
export async function removeOauthApp(
  { mattermost, settings, say }: SetupDeps,
  { sidecarUrl, dryRun }: SetupOptions,
): Promise<void> {
  const id = settings.read().MATTERMOST_OAUTH_CLIENT_ID;
  if (!(await mattermost.settings()).oauthProvider) {
    // Mattermost then tells nothing about applications; what was made can do nothing.
    if (id) say({ state: 'manual', text: 'the OAuth 2.0 application cannot be removed while its provider is off' });
    return;
  }
  const ours = (await mattermost.oauthApps()).filter((app) => isOurs(app) && leadsTo(app, sidecarUrl));
  if (ours.length === 0) return;
  if (dryRun) return say({ state: 'planned', text: 'would remove the OAuth 2.0 application' });
  for (const app of ours) await mattermost.removeOauthApp(app.id);
  if (ours.some((app) => app.id === id)) {
    settings.write(Object.fromEntries(['ACCOUNT_MATCH', ...OAUTH_SETTINGS].map((name) => [name, null])));
  }
  say({ state: 'done', text: 'removed the OAuth 2.0 application, and its lines in the settings' });
}

function isOurs({ description }: OauthAppEntry): boolean {
  return description.includes(MADE_BY_SETUP);
}
