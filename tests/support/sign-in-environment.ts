import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { Agent } from 'undici';
import { createAuthority } from '../../playground/authority.ts';
import { startMicrosoft } from '../../playground/microsoft/server.ts';
import type { MicrosoftOptions } from '../../playground/microsoft/types.ts';
import { ALICE, BOB, CLIENT_ID, CLIENT_SECRET, CONTOSO } from '../../playground/sample.ts';
import { connectRoutes } from '../../sidecar/src/connect/routes.ts';
import { createSignInFlow } from '../../sidecar/src/connect/sign-in/flow.ts';
import type { SignInPorts } from '../../sidecar/src/connect/sign-in/ports.ts';
import { createTokens } from '../../sidecar/src/connect/tokens.ts';
import { AppError } from '../../sidecar/src/core/errors.ts';
import type { Metrics } from '../../sidecar/src/core/metrics.ts';
import type { Connection, Reply, User } from '../../sidecar/src/core/types.ts';
import type { EntraOptions } from '../../sidecar/src/entra/client.ts';
import { createEntra } from '../../sidecar/src/entra/client.ts';
import type { EntraFetch } from '../../sidecar/src/entra/http.ts';
import { createGraphClient } from '../../sidecar/src/graph/client/client.ts';
import { createMe } from '../../sidecar/src/graph/resources/me.ts';
import { createServer } from '../../sidecar/src/http/server.ts';
import { openDatabase } from '../../sidecar/src/store/database/database.ts';
import { createInbox } from '../../sidecar/src/store/queue/inbox.ts';
import { createConnections } from '../../sidecar/src/store/tables/connections.ts';
import { createInstallationState } from '../../sidecar/src/store/tables/installation-state.ts';
import { createSignIns } from '../../sidecar/src/store/tables/sign-ins.ts';
import { createTenantConsents } from '../../sidecar/src/store/tables/tenant-consents.ts';
import { createTokenRenewals } from '../../sidecar/src/store/tables/token-renewals.ts';
import { sealerOf, user } from './builders.ts';
import { createRunningClock } from './clock.ts';
import { createTestLog } from './log.ts';

export const SIDECAR = 'https://sidecar.test';
export const MATTERMOST = 'https://mattermost.test';

/** Mattermost users of the environment: alice and bob as in the sample, `impostor` with Alice's address. */
function sampleUsers(): Map<string, User> {
  const users = [
    user({ id: 'alice', email: ALICE.mail }),
    user({ id: 'bob', username: 'bob', name: 'Bob Brown', email: BOB.mail, locale: 'de' }),
    user({ id: 'impostor', username: 'impostor', name: '', email: ALICE.mail }),
  ];
  return new Map(users.map((user) => [user.id, user]));
}

const noMetrics: Metrics = {
  notificationReceived: () => {},
  delivery: () => {},
  skipped: () => {},
  outbound: () => {},
};

/** A Microsoft emulator and clients for it. `answers.change` may replace Entra's answers. */
export async function startNetwork(options: MicrosoftOptions = {}) {
  const authority = await createAuthority();
  const microsoft = await startMicrosoft({ authority, redirectUris: [`${SIDECAR}/oauth/callback`], options });
  const dispatcher = new Agent({ connect: { ca: authority.certificatePem } });
  const answers: { change: ((url: string, response: Response) => Promise<Response>) | null } = { change: null };
  const reach = (url: string, init: object) => fetch(url, { ...init, dispatcher } as object as RequestInit);
  const entraFetch: EntraFetch = async (url, init) => {
    const response = await reach(url, init);
    return answers.change ? answers.change(url, response) : response;
  };
  const control = async (method: string, path: string, body?: object) => {
    const response = await reach(`${microsoft.url}/playground${path}`, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? null : await response.json();
  };
  return {
    url: microsoft.url,
    certificatePem: authority.certificatePem,
    dispatcher,
    reach,
    entraFetch,
    answers,
    control,
    fault: (fault: { kind: string } & Record<string, unknown>) => control('POST', '/faults', fault),
    close: async () => {
      await microsoft.close();
      await dispatcher.close();
    },
  };
}

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** Settings of Entra for the environment. */
export function entraOptions(network: Network, changed: Partial<EntraOptions> = {}): EntraOptions {
  return {
    authorityUrl: network.url,
    graphUrl: network.url,
    tenantId: CONTOSO,
    clientId: CLIENT_ID,
    allowedTenants: [CONTOSO],
    credentials: [{ secret: CLIENT_SECRET }],
    redirectUri: `${SIDECAR}/oauth/callback`,
    clock: createRunningClock(),
    metrics: noMetrics,
    fetch: network.entraFetch,
    ...changed,
  };
}

/** The sign-in as the sidecar runs it: real store, sealer, Entra and Graph client; Mattermost and the subscriptions are plain values. */
export async function startSignInEnvironment(
  network: Network,
  changed: Partial<SignInPorts> = {},
  entraChanged: Partial<EntraOptions> = {},
) {
  const dataDir = await mkdtemp(join(tmpdir(), 'connect-'));
  const log = createTestLog();
  const clock = createRunningClock();
  const db = await openDatabase({ url: null, dataDir, log });
  const graph = createGraphClient({ graphUrl: network.url, clock, metrics: noMetrics, dispatcher: network.dispatcher });
  const entra = createEntra(entraOptions(network, { clock, ...entraChanged }));
  const sealer = sealerOf('test');
  const connections = createConnections(db);
  const users = sampleUsers();
  const sent: Array<{ userId: string; reply: Reply }> = [];
  const subscriptions = { ensured: [] as string[], stopped: [] as string[], failure: null as AppError | null };
  const ended: string[] = [];
  const mattermost = { hidesEmails: false };
  const refused = new Set<string>();
  const tokens = createTokens({
    connections,
    renewals: createTokenRenewals(db),
    isRefused: (token) => refused.has(token),
    sealer,
    entra,
    clock,
    log,
  });
  tokens.onSignInEnded(async (connection) => void ended.push(connection.id));
  const installationState = createInstallationState(db);
  const deps: SignInPorts = {
    signIns: createSignIns(db),
    connections,
    sealer,
    entra,
    me: createMe(graph),
    user: async (id) => {
      const user = users.get(id);
      if (!user) throw new AppError('mattermost_not_found', 'There is no such user.');
      return user;
    },
    userByEmail: async (email) => {
      if (mattermost.hidesEmails) throw new AppError('mattermost_refused', 'Addresses are hidden.');
      return [...users.values()].find((user) => user.email?.toLowerCase() === email.toLowerCase()) ?? null;
    },
    emailsVisible: async () => !mattermost.hidesEmails,
    accountMatch: 'email',
    session: null,
    tenantConsents: createTenantConsents(db),
    installationState,
    tokens,
    subscriptions: {
      ensure: async (connection: Connection) => {
        if (subscriptions.failure) throw subscriptions.failure;
        subscriptions.ensured.push(connection.id);
      },
      stop: async (connection: Connection) => void subscriptions.stopped.push(connection.id),
    },
    inbox: createInbox(db),
    bot: { send: async (userId, reply) => void sent.push({ userId, reply }) },
    publicUrl: SIDECAR,
    maxConnections: null,
    clock,
    log,
    ...changed,
  };
  const flow = createSignInFlow(deps);
  const pages = { mattermostUrl: MATTERMOST, clientId: CLIENT_ID };
  const routes = [(scope: FastifyInstance) => connectRoutes(scope, { flow, pages })];
  const app = await createServer({ log, ready: async () => [], routes });
  const close = async () => {
    await app.close();
    await graph.close();
    await db.close();
    await rm(dataDir, { recursive: true, force: true });
  };
  const tenantConsents = createTenantConsents(db);
  return {
    network,
    app,
    flow,
    deps,
    connections,
    tenantConsents,
    installationState,
    tokens,
    /** Tokens that Graph has refused. */
    refused,
    users,
    mattermost,
    sent,
    subscriptions,
    ended,
    clock,
    log,
    db,
    close,
  };
}

export type SignInEnvironment = Awaited<ReturnType<typeof startSignInEnvironment>>;

/** One Microsoft emulator for all tests of a `describe`, and a new environment for each. */
export function useSignInEnvironment(): { network: Network; environment: SignInEnvironment } {
  const context = {} as { network: Network; environment: SignInEnvironment };
  before(async () => {
    context.network = await startNetwork();
  });
  beforeEach(async () => {
    context.environment = await startSignInEnvironment(context.network);
  });
  afterEach(async () => {
    context.network.answers.change = null;
    await context.network.control('DELETE', '/faults');
    await context.environment.close();
  });
  after(() => context.network.close());
  return context;
}

/** The connection of a user who must have one. */
export async function connectionOfUser({ connections }: SignInEnvironment, userId: string): Promise<Connection> {
  const found = await connections.findByUser(userId);
  assert.ok(found, `${userId} is not connected`);
  return found;
}
