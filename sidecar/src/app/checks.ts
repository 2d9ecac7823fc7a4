import { latestCertificateEnd } from '../admin/checks/microsoft.ts';
import { createStoreView } from '../admin/checks/store-view.ts';
import type { CheckDeps } from '../admin/checks/types.ts';
import type { Config } from '../config/config.ts';
import { grantedScopes } from '../connect/granted-scopes.ts';
import type { Sealer } from '../core/encryption.ts';
import type { Entra } from '../core/ports/entra.ts';
import type { Administration } from '../core/ports/mattermost-administration.ts';
import type { Clock } from '../core/time.ts';
import { certificateContext } from '../graph/encryption/certificates.ts';
import { probePublicUrl, reach, rolesOf, scopesOf } from '../graph/resources/reachability.ts';
import type { Store } from '../store/store.ts';
import { PLUGIN } from '../version.ts';

export interface CheckSources {
  config: Config;
  /** Mattermost with the bot's token. */
  mattermost: Administration;
  entra: Pick<Entra, 'appToken'>;
  /** An access token of that connection. */
  tokenFor(connectionId: string): Promise<string>;
  /** Null while there is no database. */
  store: Store | null;
  /** Null while there are no keys. */
  sealer: Sealer | null;
  /** Whether the sidecar runs on this machine. */
  running(): Promise<boolean>;
  clock: Clock;
}

/** The page where an administrator grants the permissions for all users of the tenant: it leads to Microsoft's and records who did. */
export function consentUrl({ publicUrl }: Pick<Config, 'publicUrl'>): string {
  return `${publicUrl}/admin/consent`;
}

/** The ports of the checks over the real edges: the same for `doctor` and the System Console. */
export function checkPorts(parts: CheckSources): CheckDeps {
  const { config, mattermost, entra, clock } = parts;
  const { authorityUrl, tenantId, clientId, graphUrl, credentials } = config.microsoft;
  return {
    settings: {
      mattermostUrl: config.mattermost.url,
      internalUrl: config.mattermost.internalUrl,
      publicUrl: config.publicUrl,
      commandToken: config.mattermost.commandToken,
      tenantId,
      clientId,
      consentUrl: consentUrl(config),
      certificateEnd: latestCertificateEnd(credentials),
      plugin: PLUGIN,
      needsEmail: config.accountMatch === 'email',
      tenantFeed: config.feed === 'tenant',
      forwardsFiles: config.forwardFilesUpTo !== null,
    },
    mattermost,
    administrator: null,
    commandProven: false,
    microsoft: {
      reach: () =>
        Promise.all([
          reach(`${authorityUrl}/${tenantId}/v2.0/.well-known/openid-configuration`),
          reach(`${graphUrl}/v1.0/me`),
        ]),
      appToken: () => entra.appToken(),
      appRoles: async () => rolesOf((await entra.appToken()).token),
      scopes: () => grantedScopes({ connections: parts.store?.connections, tokenFor: parts.tokenFor, scopesOf }),
    },
    sidecar: {
      probe: () => probePublicUrl(config.publicUrl),
      runs: async () => ({ running: await parts.running(), address: `http://${config.host}:${config.port}` }),
    },
    store: createStoreView(parts.store, ({ id, sealedPrivateKey }) =>
      parts.sealer?.open(sealedPrivateKey, certificateContext(id)),
    ),
    clock,
  };
}
