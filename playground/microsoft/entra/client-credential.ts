import { decodeProtectedHeader, jwtVerify } from 'jose';
import type { AppRegistration } from './app.ts';
import { EntraError } from './errors.ts';

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The form of a token request; every field at most once. */
export type TokenForm = Record<string, string | undefined>;

/**
 * Proves that the app itself is asking, by secret or by a signed assertion. `audience` is the token endpoint's own address.
 * Errors: `EntraError` invalid_client 700016, 7000215, 7000218, 7000222, 700027.
 */
export async function checkClient(app: AppRegistration, form: TokenForm, audience: string): Promise<void> {
  if (form.client_id !== app.clientId) throw new EntraError('unauthorized_client', 700016);
  if (form.client_assertion !== undefined) {
    if (form.client_assertion_type !== ASSERTION_TYPE) throw new EntraError('invalid_request', 9002313);
    await checkAssertion(app, form.client_assertion, audience);
    return;
  }
  if (form.client_secret === undefined) throw new EntraError('invalid_client', 7000218);
  if (app.expiredSecrets.has(form.client_secret)) throw new EntraError('invalid_client', 7000222);
  if (!app.secrets.has(form.client_secret)) throw new EntraError('invalid_client', 7000215);
}

async function checkAssertion(app: AppRegistration, assertion: string, audience: string): Promise<void> {
  try {
    const header = decodeProtectedHeader(assertion);
    const certificate = app.certificates.find(
      ({ sha1, sha256 }) => sha256 === header['x5t#S256'] || (sha1 === header.x5t && header.alg === 'RS256'),
    );
    if (!certificate) throw new EntraError('invalid_client', 700027);
    // The app signs by the outside's clock, which is the real one.
    const { payload } = await jwtVerify(assertion, certificate.publicKey, {
      algorithms: ['PS256', 'RS256'],
      audience,
      issuer: app.clientId,
      subject: app.clientId,
      clockTolerance: 300,
      requiredClaims: ['exp', 'jti'],
    });
    if ((payload.exp ?? 0) > Date.now() / 1000 + 24 * 3600) throw new EntraError('invalid_client', 700027);
  } catch (error) {
    if (error instanceof EntraError) throw error;
    throw new EntraError('invalid_client', 700027);
  }
}
