import { createHash, type KeyObject, X509Certificate } from 'node:crypto';

/** A certificate the app may sign its assertions with; thumbprints are base64url as in `x5t` and `x5t#S256`. */
export interface ClientCertificate {
  sha1: string;
  sha256: string;
  publicKey: KeyObject;
}

/** The one app registration of this Microsoft. */
export interface AppRegistration {
  clientId: string;
  servicePrincipalId: string;
  name: string;
  secrets: Set<string>;
  expiredSecrets: Set<string>;
  certificates: ClientCertificate[];
  redirectUris: string[];
  /** Home tenant; the only one served unless `multiTenant`. */
  tid: string;
  multiTenant: boolean;
  roles: string[];
}

/** Reads a client certificate in PEM. Errors: what node:crypto throws for something that is none. */
export function toClientCertificate(pem: string): ClientCertificate {
  const certificate = new X509Certificate(pem);
  return {
    sha1: createHash('sha1').update(certificate.raw).digest('base64url'),
    sha256: createHash('sha256').update(certificate.raw).digest('base64url'),
    publicKey: certificate.publicKey,
  };
}
