import type { Config } from '../config/config.ts';
import { createCredentialAlarm } from '../connect/credential-alarm.ts';
import type { Sealer } from '../core/encryption.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Entra } from '../core/ports/entra.ts';
import { adoptNamed, createSharedPauses, type SharedPauses } from '../core/throttling.ts';
import type { Clock } from '../core/time.ts';
import type { Connection } from '../core/types.ts';
import type { AppToken } from '../entra/app-token.ts';
import { createAppToken } from '../entra/app-token.ts';
import { createEntra } from '../entra/client.ts';
import { createChatHistory } from '../graph/catch-up/chat-history.ts';
import type { GraphClient } from '../graph/client/client.ts';
import { createGraphClient } from '../graph/client/client.ts';
import { type OutboundRoute, openProxy } from '../graph/client/proxy.ts';
import { createLimiter } from '../graph/client/rate-limiter.ts';
import type { EncryptionCertificates } from '../graph/encryption/certificates.ts';
import { createEncryptionCertificates } from '../graph/encryption/certificates.ts';
import { createDecryptMessage } from '../graph/encryption/decrypt-message.ts';
import { createBulkPresence } from '../graph/resources/bulk-presence.ts';
import { createChats } from '../graph/resources/chats.ts';
import { createFiles, FILES_SCOPE } from '../graph/resources/files.ts';
import { createSnippets } from '../graph/resources/hosted-content.ts';
import { createMe } from '../graph/resources/me.ts';
import { createMembers } from '../graph/resources/members.ts';
import { createPictures } from '../graph/resources/pictures.ts';
import { createPresence } from '../graph/resources/presence.ts';
import { createTokenVerifier } from '../graph/webhook/validation-tokens.ts';
import { createAdministration } from '../mattermost/admin/administration.ts';
import { createBot } from '../mattermost/bot/bot.ts';
import { listenForDirectMessages } from '../mattermost/direct-messages.ts';
import type { ActionSigner } from '../mattermost/inbound/action-signing.ts';
import { createSessionOauth } from '../mattermost/session-oauth.ts';
import { listenForDeactivations } from '../mattermost/user-events.ts';
import type { Store } from '../store/store.ts';

export interface EdgesOptions {
  config: Config;
  log: Log;
  clock: Clock;
  metrics: Metrics;
  sealer: Sealer;
  signer: ActionSigner;
  store: Store;
}

/** The clients of Microsoft and Mattermost. */
export type Edges = ReturnType<typeof openEdges>;

/** Creates the edges. None of them sends a request before it is used. */
export function openEdges(options: EdgesOptions) {
  const { config, clock, metrics, signer, log, store } = options;
  const route = openProxy(config.proxy);
  const { through } = route;
  const pauses = createSharedPauses({ throttlePauses: store.throttlePauses, clock, log });
  const bot = createBot({
    url: config.mattermost.internalUrl,
    token: config.mattermost.botToken,
    publicUrl: config.publicUrl,
    sign: signer.sign,
    clock,
    metrics,
    ...through,
  });
  const alarm = createCredentialAlarm({
    leases: store.leases,
    userByName: bot.userByName,
    bot,
    alertUsers: config.alertUsers,
    clock,
    log,
  });
  const entra = createEntra({
    ...config.microsoft,
    clock,
    metrics,
    onCredential: alarm.report,
    onPause: (endsAt) => pauses.tell({ name: SIGN_IN_SERVICE, endsAt }),
    moreScopes: config.forwardFilesUpTo === null ? [] : [FILES_SCOPE],
    withApplicationPermissions: config.feed === 'tenant',
    redirectUri: `${config.publicUrl}/oauth/callback`,
    onRollOver: (position) =>
      log.warn({ position }, 'Another client credential is in use; take the old one out of the settings.'),
  });
  const graph = openGraph(options, { entra, pauses, through });
  const { internalUrl: url, botToken: token } = config.mattermost;
  const session = openSession(options, through);
  const administration = createAdministration({ url, token, clock, metrics, ...through });
  return {
    bot,
    entra,
    graph,
    session,
    administration,
    sharePauses: () => pauses.share([graph.adoptPauses, adoptNamed(SIGN_IN_SERVICE, entra.pauseUntil)]),
    /** What is wrong with the credential of the app registration, or null. */
    credentialProblem: alarm.current,
    listenForDirectMessages: (said: Parameters<typeof listenForDirectMessages>[1], signal: AbortSignal) =>
      listenForDirectMessages({ url, token, clock, log }, said, signal),
    listenForDeactivations: (gone: (userId: string) => void, signal: AbortSignal) =>
      listenForDeactivations({ url, token, clock, log, ...through }, gone, signal),
    close: async () => {
      await Promise.all([bot.close(), graph.client.close(), session?.close(), administration.close()]);
      await route.close();
    },
  };
}

/** The proxy option of every client; empty without a proxy. */
type Through = OutboundRoute['through'];

/** Null unless the settings make the browser prove its Mattermost session. */
function openSession({ config, clock, metrics }: EdgesOptions, through: Through) {
  const { url: siteUrl, internalUrl: url, oauth } = config.mattermost;
  if (config.accountMatch !== 'any' || oauth === null) return null;
  const redirectUri = `${config.publicUrl}/oauth/mattermost`;
  return createSessionOauth({ ...oauth, siteUrl, url, redirectUri, clock, metrics, ...through });
}

/** The name of Entra's pause in the table of throttle pauses. */
const SIGN_IN_SERVICE = 'sign-in service';

function openGraph(
  options: EdgesOptions,
  { entra, pauses, through }: { entra: Pick<Entra, 'appToken'>; pauses: SharedPauses; through: Through },
) {
  const { config, clock, log, metrics, sealer, store } = options;
  const { authorityUrl, graphUrl, allowedTenants: tenants, clientId, proof, sorts } = config.microsoft;
  const limiter = createLimiter(clock, pauses.tell);
  const client = createGraphClient({ graphUrl, clock, metrics, limiter, ...through });
  const appToken = createAppToken({ entra, isRefused: client.isRefused, clock });
  const certificates = createEncryptionCertificates({ certificates: store.certificates, sealer, clock, log });
  return {
    client,
    appToken,
    certificates,
    adoptPauses: limiter.adopt,
    me: createMe(client),
    verifyTokens: createTokenVerifier({
      clientId,
      clock,
      fetch,
      publisherAppId: proof.publisherAppId,
      tenants,
      keysUrl: `${authorityUrl}/common/discovery/v2.0/keys`,
      issuers: (tid) => proof.issuers.map((issuer) => issuer.replaceAll('{tenant}', tid)),
    }),
    readers: (reading: ReadersOptions) =>
      openReaders({
        ...reading,
        client,
        appToken,
        certificates,
        sealer,
        graphUrl,
        sorts,
        tid: config.microsoft.tenantId,
        clock,
        log,
        config,
      }),
  };
}

interface ReadersOptions {
  tokenFor(connectionId: string): Promise<string>;
  /** Whether the application's token reads the presence of this connection's account. */
  asksInBulk(connection: Connection): boolean;
}

type Reading = Pick<EdgesOptions, 'clock' | 'log' | 'sealer'> &
  Pick<Config['microsoft'], 'graphUrl' | 'sorts'> &
  ReadersOptions & {
    certificates: EncryptionCertificates;
    client: GraphClient;
    appToken: AppToken;
    tid: string;
    config: Pick<Config, 'forwardFilesUpTo'>;
  };

function openReaders(reading: Reading) {
  const { config } = reading;
  const chats = createChats(reading);
  const members = createMembers(reading);
  const chatChanged = (chatId: string) => {
    chats.forget(chatId);
    members.forget(chatId);
  };
  return {
    chats,
    members,
    decryptMessage: createDecryptMessage({ ...reading, chatChanged }),
    history: createChatHistory(reading),
    presence: createPresence({ ...reading, bulk: createBulkPresence(reading) }),
    picture: createPictures(reading),
    snippet: createSnippets(reading),
    openFile: config.forwardFilesUpTo === null ? null : createFiles({ ...reading, maxBytes: config.forwardFilesUpTo }),
  };
}
