import { randomBytes } from 'node:crypto';
import { SECOND } from '../../core/time.ts';

/** The answer at the public address: of the sidecar, of something else, or none. `ms` is the time it took. */
export type Probe =
  | { kind: 'answered'; ms: number }
  | { kind: 'other'; status: number }
  | { kind: 'unreachable'; problem: 'dns' | 'tls' | 'network'; reason: string };

/** The answer of a peer: its HTTP status (0 for none), and its time from the `Date` header in Unix milliseconds. */
export interface Reach {
  url: string;
  status: number;
  time: number | null;
}

const TIMEOUT_MS = 10 * SECOND;
const DNS_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA']);
const TLS_CODE = /CERT|SELF_SIGNED|TLS|SSL|ISSUER/;

/**
 * Calls our own webhook at its public address as Graph does to validate it. Never rejects.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 */
export async function probePublicUrl(publicUrl: string): Promise<Probe> {
  const token = randomBytes(12).toString('hex');
  const started = performance.now();
  try {
    const response = await fetch(`${publicUrl}/graph/notifications?validationToken=${token}`, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (response.status === 200 && text === token) return { kind: 'answered', ms: performance.now() - started };
    return { kind: 'other', status: response.status };
  } catch (error) {
    return unreachable(error);
  }
}

/** Whether there is any answer at that address. Never rejects. */
export async function reach(url: string): Promise<Reach> {
  try {
    const response = await fetch(url, { redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    const time = Date.parse(response.headers.get('date') ?? '');
    return { url: new URL(url).origin, status: response.status, time: Number.isNaN(time) ? null : time };
  } catch {
    return { url: new URL(url).origin, status: 0, time: null };
  }
}

/**
 * The delegated permissions in a Graph access token, for showing only: the token's format is not documented for its clients. Null where it
 * cannot be read. https://learn.microsoft.com/entra/identity-platform/access-tokens
 */
export function scopesOf(accessToken: string): string[] | null {
  const scopes = claimsOf(accessToken).scp;
  return typeof scopes === 'string' ? scopes.split(' ').filter(Boolean) : null;
}

/** The application permissions in its Graph access token; null as in `scopesOf`. */
export function rolesOf(accessToken: string): string[] | null {
  const roles = claimsOf(accessToken).roles;
  return Array.isArray(roles) ? roles.filter((role) => typeof role === 'string') : null;
}

function claimsOf(accessToken: string): { scp?: unknown; roles?: unknown } {
  try {
    return JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return {};
  }
}

function unreachable(error: unknown): Probe {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const reason = code || (error instanceof Error ? error.name : String(error));
  const problem = DNS_CODES.has(code) ? 'dns' : TLS_CODE.test(code) ? 'tls' : 'network';
  return { kind: 'unreachable', problem, reason };
}
