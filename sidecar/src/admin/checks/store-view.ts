import { X509Certificate } from 'node:crypto';
import type { Certificates, StoredCertificate } from '../../core/ports/certificates.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { InstallationState } from '../../core/ports/installation.ts';
import type { DeadLetters, Inbox } from '../../core/ports/queue.ts';
import type { Subscriptions } from '../../core/ports/subscriptions.ts';
import type { CheckDeps } from './types.ts';

export interface StoreViewPorts {
  connections: Pick<Connections, 'count'>;
  subscriptions: Pick<Subscriptions, 'count'>;
  inbox: Pick<Inbox, 'backlog'>;
  deadLetters: Pick<DeadLetters, 'count'>;
  certificates: Pick<Certificates, 'list'>;
  installationState: Pick<InstallationState, 'read'>;
}

/**
 * What the checks read of the database; null while there is none. `openKey` opens the private key of a certificate, so that a missing
 * encryption key shows.
 *
 * @throws {AppError} key_unknown, seal_broken
 */
export function createStoreView(
  ports: StoreViewPorts | null,
  openKey: (certificate: StoredCertificate) => void,
): CheckDeps['store'] {
  if (ports === null) return null;
  const { connections, subscriptions, inbox, deadLetters, certificates, installationState } = ports;
  return {
    connections: connections.count,
    subscriptions: subscriptions.count,
    backlog: () => inbox.backlog(),
    deadLetters: deadLetters.count,
    certificateEnd: async () => {
      const [newest] = await certificates.list();
      if (!newest) return null;
      openKey(newest);
      return Date.parse(new X509Certificate(Buffer.from(newest.certificate, 'base64')).validTo);
    },
    consentRefusedAt: async () => {
      const [refused, good] = await Promise.all([
        installationState.read('consent_refused'),
        installationState.read('signed_in'),
      ]);
      return refused && refused.at > (good?.at ?? 0) ? refused.at : null;
    },
  };
}
