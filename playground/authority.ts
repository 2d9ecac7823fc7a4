import { generate } from 'selfsigned';

/** A certificate authority for the playground's own HTTPS servers; a client that trusts `certificatePem` trusts every certificate it issues. */
export interface Authority {
  certificatePem: string;
  issue(hostnames: string[]): Promise<{ cert: string; key: string }>;
}

const YEAR = 365 * 86_400_000;

/** Makes a fresh authority in memory. `issue` signs server certificates for DNS names and IPv4/IPv6 addresses, both as PEM. */
export async function createAuthority(): Promise<Authority> {
  const notBeforeDate = new Date(Date.now() - 3_600_000);
  const root = await generate([{ name: 'commonName', value: 'Playground authority' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate,
    notAfterDate: new Date(notBeforeDate.getTime() + YEAR),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  return {
    certificatePem: root.cert,
    issue: async (hostnames) => {
      const server = await generate([{ name: 'commonName', value: hostnames[0] ?? 'localhost' }], {
        keyType: 'ec',
        algorithm: 'sha256',
        notBeforeDate,
        notAfterDate: new Date(notBeforeDate.getTime() + YEAR),
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false, critical: true },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true },
          { name: 'subjectAltName', altNames: hostnames.map(toAltName) },
        ],
      });
      return { cert: server.cert, key: server.private };
    },
  };
}

function toAltName(hostname: string): { type: 2; value: string } | { type: 7; ip: string } {
  const isAddress = /^[\d.]+$/.test(hostname) || hostname.includes(':');
  return isAddress ? { type: 7, ip: hostname } : { type: 2, value: hostname };
}
