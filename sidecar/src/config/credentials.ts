import { readFileSync } from 'node:fs';
import type { Reader } from './reader.ts';
import { GUID } from './reader.ts';

/** How the app registration proves itself to Microsoft: a secret, or a certificate with its key (PEM). */
export type ClientCredential = { secret: string } | { certificatePem: string; keyPem: string };

/** Mattermost's own OAuth 2.0 application, through which a browser proves whose session it holds. */
export interface OauthApp {
  clientId: string;
  clientSecret: string;
}

/** The proxies for requests to the outside, as other programs read them from the environment; null for none. */
export interface ProxySettings {
  http: string | null;
  https: string | null;
  /** Hosts that are reached without a proxy, separated by commas; `*` for all. */
  no: string;
}

/** The credential in use and the one that follows it, in the order in which they are tried; never empty when there was no problem. */
export function readCredentials(read: Reader, problems: string[]): ClientCredential[] {
  const now = readCredential(read, problems, '');
  const next = readCredential(read, problems, '_NEXT');
  if (now === null) {
    problems.push(
      'MICROSOFT_CLIENT_SECRET: missing. Set it, or MICROSOFT_CLIENT_CERTIFICATE_FILE and MICROSOFT_CLIENT_KEY_FILE together.',
    );
  }
  return [now, next].filter((credential) => credential !== null);
}

function readCredential(read: Reader, problems: string[], suffix: '' | '_NEXT'): ClientCredential | null {
  const names = [`MICROSOFT_CLIENT_CERTIFICATE${suffix}_FILE`, `MICROSOFT_CLIENT_KEY${suffix}_FILE`] as const;
  const secret = read.optional(`MICROSOFT_CLIENT_SECRET${suffix}`);
  const [certificate, key] = names.map(read.optional);
  if (secret && (certificate || key)) {
    problems.push(`MICROSOFT_CLIENT_SECRET${suffix}: set beside a certificate. Keep one of the two.`);
  }
  if (secret) return { secret };
  if (!certificate && !key) return null;
  try {
    return { certificatePem: readFileSync(certificate ?? '', 'utf8'), keyPem: readFileSync(key ?? '', 'utf8') };
  } catch {
    problems.push(`${names.join(', ')}: set both; one of the two files cannot be read.`);
    return { secret: '' };
  }
}

/** Tenant ids in lower case; without the setting the one of the app registration. */
export function readAllowedTenants(read: Reader, problems: string[], tenantId: string): string[] {
  const ids = listOf(read.optional('MICROSOFT_ALLOWED_TENANTS')).map((id) => id.toLowerCase());
  if (!ids.every((id) => GUID.test(id))) {
    problems.push('MICROSOFT_ALLOWED_TENANTS: write directory (tenant) ids, GUIDs, separated by commas.');
  }
  return ids.length === 0 ? [tenantId] : [...new Set(ids)];
}

/** The OAuth application, which `ACCOUNT_MATCH=any` cannot do without. */
export function readOauthApp(read: Reader, problems: string[], isNeeded: boolean): OauthApp | null {
  const clientId = read.optional('MATTERMOST_OAUTH_CLIENT_ID');
  const clientSecret = read.optional('MATTERMOST_OAUTH_CLIENT_SECRET');
  if (clientId && clientSecret) return { clientId, clientSecret };
  if (isNeeded || clientId || clientSecret) {
    problems.push(
      'MATTERMOST_OAUTH_CLIENT_ID, MATTERMOST_OAUTH_CLIENT_SECRET: set both. ACCOUNT_MATCH=any needs them: without the same address on both sides, the browser must prove its Mattermost session.',
    );
  }
  return null;
}

/** Mattermost usernames without the @, in lower case. */
export function readAlertUsers(read: Reader, problems: string[]): string[] {
  const names = listOf(read.optional('ALERT_USERS')).map((name) => name.replace(/^@/, '').toLowerCase());
  if (!names.every((name) => /^[a-z0-9._-]{1,64}$/.test(name))) {
    problems.push('ALERT_USERS: write Mattermost usernames, separated by commas.');
  }
  return [...new Set(names)];
}

/** The proxy variables that other programs know too, in either case. */
export function readProxy(read: Reader): ProxySettings | null {
  const either = (name: string) => read.optional(name) ?? read.optional(name.toLowerCase()) ?? null;
  const [http, https] = [either('HTTP_PROXY'), either('HTTPS_PROXY')];
  return http === null && https === null ? null : { http, https, no: either('NO_PROXY') ?? '' };
}

function listOf(text: string | undefined): string[] {
  return (text ?? '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
