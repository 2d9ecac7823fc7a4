import type { ClientCredential } from '../core/ports/entra.ts';
import type { SettingValues } from './setting-values.ts';

/** Mattermost's own OAuth 2.0 application, through which a browser proves its Mattermost session. */
export interface OauthApp {
  clientId: string;
  clientSecret: string;
}

/** Proxies for requests to the outside, as other programs read them from the environment; null for none. */
export interface ProxySettings {
  http: string | null;
  https: string | null;
  /** Hosts reached without a proxy, separated by commas; `*` for all. */
  no: string;
}

/** The credential in use and the next one, in the order in which they are tried; never empty when there was no problem. */
export function credentialsOf(values: SettingValues, problems: string[]): ClientCredential[] {
  const current = credentialOf(values, '', problems);
  const next = credentialOf(values, '_NEXT', problems);
  if (current === null) {
    problems.push(
      'MICROSOFT_CLIENT_SECRET: missing. Set it, or MICROSOFT_CLIENT_CERTIFICATE_FILE and MICROSOFT_CLIENT_KEY_FILE together.',
    );
  }
  return [current, next].filter((credential) => credential !== null);
}

function credentialOf(values: SettingValues, suffix: '' | '_NEXT', problems: string[]): ClientCredential | null {
  const secret = values[`MICROSOFT_CLIENT_SECRET${suffix}`];
  const certificatePem = values[`MICROSOFT_CLIENT_CERTIFICATE${suffix}`];
  const keyPem = values[`MICROSOFT_CLIENT_KEY${suffix}`];
  if (secret !== null) {
    if (certificatePem !== null || keyPem !== null) {
      problems.push(`MICROSOFT_CLIENT_SECRET${suffix}: set beside a certificate. Keep one of the two.`);
    }
    return { secret };
  }
  if (certificatePem === null && keyPem === null) return null;
  if (certificatePem === null || keyPem === null) {
    problems.push(`MICROSOFT_CLIENT_CERTIFICATE${suffix}_FILE, MICROSOFT_CLIENT_KEY${suffix}_FILE: set both.`);
  }
  return { certificatePem: certificatePem ?? '', keyPem: keyPem ?? '' };
}

/** The OAuth application, which `ACCOUNT_MATCH=any` requires. */
export function oauthAppOf(values: SettingValues, problems: string[]): OauthApp | null {
  const clientId = values.MATTERMOST_OAUTH_CLIENT_ID;
  const clientSecret = values.MATTERMOST_OAUTH_CLIENT_SECRET;
  if (clientId && clientSecret) return { clientId, clientSecret };
  if (values.ACCOUNT_MATCH === 'any' || clientId || clientSecret) {
    problems.push(
      'MATTERMOST_OAUTH_CLIENT_ID, MATTERMOST_OAUTH_CLIENT_SECRET: set both. ACCOUNT_MATCH=any needs them: without the same address on both sides, the browser must prove its Mattermost session.',
    );
  }
  return null;
}
