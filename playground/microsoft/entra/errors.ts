import { randomUUID } from 'node:crypto';

const TEXTS: Record<number, string> = {
  50011: 'The redirect URI specified in the request does not match the redirect URIs configured for the application.',
  50020: 'User account from identity provider does not exist in this tenant and cannot access the application in it.',
  50173: 'The provided grant has expired due to it being revoked, a fresh auth token is needed.',
  50194: 'The application is not configured as a multi-tenant application. Use a tenant-specific endpoint.',
  54005: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code.',
  65001: 'The user or administrator has not consented to use the application.',
  65004: 'User declined to consent to access the app.',
  70000: 'The provided value for the grant is not valid.',
  70008: 'The provided authorization code or refresh token has expired due to inactivity.',
  70011: 'The provided value for the input parameter scope is not valid.',
  70043: 'The refresh token has expired or is invalid due to sign-in frequency checks.',
  90094: 'An administrator must grant this application permission before it can be used.',
  500011: 'The resource principal was not found in the tenant.',
  501481: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  700016: 'Application was not found in the directory.',
  700027: 'Client assertion failed signature validation.',
  700082: 'The refresh token has expired due to inactivity.',
  7000215: 'Invalid client secret provided.',
  7000218: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  7000222: 'The provided client secret keys are expired.',
  9002313: 'Invalid request. Request is malformed or invalid.',
};

/** A refusal by Entra: the OAuth error word and the AADSTS number. */
export class EntraError extends Error {
  override readonly name = 'EntraError';
  readonly error: string;
  readonly code: number;
  readonly suberror: string | undefined;
  readonly status: number;

  constructor(error: string, code: number, more: { suberror?: string; detail?: string; status?: number } = {}) {
    super(more.detail ?? TEXTS[code] ?? 'The request was refused.');
    this.error = error;
    this.code = code;
    this.suberror = more.suberror;
    this.status = more.status ?? (error === 'invalid_client' ? 401 : 400);
  }
}

/** The `error_description` of a refusal as Entra words it, with its trace lines. */
export function describe(refusal: EntraError, trace: { correlationId: string; traceId: string; at: string }): string {
  const lines = [
    `AADSTS${refusal.code}: ${refusal.message}`,
    `Trace ID: ${trace.traceId}`,
    `Correlation ID: ${trace.correlationId}`,
    `Timestamp: ${trace.at}`,
  ];
  return lines.join('\r\n');
}

/** The JSON body of a refusal by the token endpoint. */
export function errorBody(refusal: EntraError, where: { url: string; correlationId: string | undefined }): object {
  const trace = newTrace(where.correlationId);
  return {
    error: refusal.error,
    error_description: describe(refusal, trace),
    error_codes: [refusal.code],
    timestamp: trace.at,
    trace_id: trace.traceId,
    correlation_id: trace.correlationId,
    error_uri: `${where.url}/error?code=${refusal.code}`,
    ...(refusal.suberror === undefined ? {} : { suberror: refusal.suberror }),
  };
}

/** Fresh trace lines; the correlation id is the client's own when it sent one. */
export function newTrace(correlationId = randomUUID() as string): {
  correlationId: string;
  traceId: string;
  at: string;
} {
  const at = `${new Date().toISOString().slice(0, 19).replace('T', ' ')}Z`;
  return { correlationId, traceId: randomUUID(), at };
}
