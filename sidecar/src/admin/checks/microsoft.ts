import { X509Certificate } from 'node:crypto';
import { toAppError } from '../../core/errors.ts';
import type { ClientCredential } from '../../core/ports/entra.ts';
import { DAY, SECOND } from '../../core/time.ts';
import type { CheckDeps, Finding, Words } from './types.ts';

/** Delegated permissions that the product requests. */
const WANTED = ['User.Read', 'Chat.Read', 'Presence.Read'];
/** One more with `FORWARD_FILES`; without it files stay links and the rest works. */
const WANTED_FOR_FILES = 'Files.Read.All';
/** Application permissions for `FEED=tenant`. */
const WANTED_ROLES = ['Chat.Read.All', 'Presence.Read.All'];
const CERTIFICATE_WARNING = 30 * DAY;
/** Microsoft gives an endpoint three seconds to answer: https://learn.microsoft.com/graph/change-notifications-delivery-webhooks */
const SLOW_MS = 3 * SECOND;
/** AADSTS codes of a refused credential or application: https://learn.microsoft.com/entra/identity-platform/reference-error-codes */
const EXPIRED_SECRET = 7000222;
const WRONG_CREDENTIAL = [7000215, 700027, 7000218, 7000216];
const UNKNOWN_APPLICATION = [700016];

/** Checks that the sign-in service and Graph answer, and that the tenant exists. */
export async function checkMicrosoft({ microsoft, settings }: CheckDeps, words: Words): Promise<Finding> {
  for (const { url, status } of await microsoft.reach()) {
    if (status === 400) return words.bad('failed', 'microsoft.tenant', { tenant: settings.tenantId });
    if (status === 0 || status >= 500) return words.bad('failed', 'microsoft.failed', { url });
  }
  return words.ok('microsoft.ok');
}

/** Checks that Microsoft accepts the app registration's credential, and how long it is valid. */
export async function checkCredential({ microsoft, settings, clock }: CheckDeps, words: Words): Promise<Finding> {
  try {
    await microsoft.appToken();
  } catch (error) {
    const { code, fields } = toAppError(error);
    const aadsts = Number(fields?.aadsts ?? 0);
    if (code !== 'client_credential_invalid' && aadsts === 0) throw error;
    return refusedCredential(aadsts, settings, words);
  }
  const end = settings.certificateEnd;
  if (end === null) return words.ok('credential.secret');
  const day = words.day(end);
  if (end - clock.now() < CERTIFICATE_WARNING) return words.bad('warning', 'credential.ending', { end: day });
  return words.ok('credential.certificate', { end: day });
}

function refusedCredential(code: number, { tenantId, clientId }: CheckDeps['settings'], words: Words): Finding {
  if (code === EXPIRED_SECRET) return words.bad('failed', 'credential.expired');
  if (WRONG_CREDENTIAL.includes(code)) return words.bad('failed', 'credential.wrong');
  if (UNKNOWN_APPLICATION.includes(code)) {
    return words.bad('failed', 'credential.application', { tenant: tenantId, client: clientId });
  }
  return words.bad('failed', 'credential.refused', { code: String(code) });
}

/** Checks that the delegated permissions are granted, by a user's token or a sign-in that Microsoft refused for lack of consent. */
export async function checkPermissions({ microsoft, store, settings }: CheckDeps, words: Words): Promise<Finding> {
  const link = settings.consentUrl;
  const roles = settings.tenantFeed ? await microsoft.appRoles() : null;
  const lacking = roles ? WANTED_ROLES.filter((role) => !roles.includes(role)) : [];
  if (lacking.length > 0) {
    return words.bad('failed', 'permissions.missing', {
      scopes: lacking.join(', '),
      link,
      remedy: 'permissions.remedy',
    });
  }
  if (store && (await store.consentRefusedAt()) !== null) {
    return words.bad('failed', 'permissions.refused', { link, remedy: 'permissions.remedy' });
  }
  const scopes = await microsoft.scopes().catch((error: unknown) => {
    if (toAppError(error).code === 'admin_consent_needed') return [];
    throw error;
  });
  if (scopes === null) return words.bad('warning', 'permissions.unknown', { link });
  const wanted = settings.forwardsFiles ? [...WANTED, WANTED_FOR_FILES] : WANTED;
  const missing = wanted.filter((scope) => !scopes.some((granted) => granted.toLowerCase() === scope.toLowerCase()));
  if (missing.length === 0) return words.ok('permissions.ok', { scopes: wanted.join(', ') });
  if (missing.join() === WANTED_FOR_FILES) {
    return words.bad('warning', 'permissions.files', { scope: WANTED_FOR_FILES, link });
  }
  return words.bad('failed', 'permissions.missing', { scopes: missing.join(', '), link, remedy: 'permissions.remedy' });
}

/** Checks that `PUBLIC_URL` leads to the sidecar, with the endpoint validation that Microsoft uses. */
export async function checkPublicUrl({ sidecar, settings }: CheckDeps, words: Words): Promise<Finding> {
  const url = settings.publicUrl;
  const probe = await sidecar.probe();
  if (probe.kind === 'answered') {
    const seconds = Math.round(probe.ms / SECOND);
    return probe.ms > SLOW_MS
      ? words.bad('warning', 'public_url.slow', { url, seconds })
      : words.ok('public_url.ok', { url });
  }
  const { running, address } = await sidecar.runs();
  if (!running) return words.bad('failed', 'public_url.stopped', { url, local: address });
  if (probe.kind === 'other') return words.bad('failed', 'public_url.other', { url, status: String(probe.status) });
  const { problem, reason } = probe;
  if (problem === 'dns') return words.bad('failed', 'public_url.dns', { url });
  return words.bad('failed', problem === 'tls' ? 'public_url.tls' : 'public_url.unreachable', { url, reason });
}

/** When the client certificate that is valid longest ends, in Unix milliseconds; null with secrets alone, whose end only Microsoft knows. */
export function latestCertificateEnd(credentials: readonly ClientCredential[]): number | null {
  const ends = credentials.flatMap((one) => ('secret' in one ? [] : new X509Certificate(one.certificatePem).validTo));
  return ends.length === 0 ? null : Math.max(...ends.map((end) => Date.parse(end)));
}
