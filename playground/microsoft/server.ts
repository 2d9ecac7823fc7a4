import type { AddressInfo } from 'node:net';
import formbody from '@fastify/formbody';
import fastify, { type FastifyInstance } from 'fastify';
import type { Authority } from '../authority.ts';
import { CHATS, CLIENT_ID, CLIENT_SECRET, CONTOSO, PEOPLE, SERVICE_PRINCIPAL } from '../sample.ts';
import { createClock } from './clock.ts';
import { deliveryControl } from './control/delivery.ts';
import { eventStream } from './control/events.ts';
import { faultControl } from './control/faults.ts';
import { messageControl } from './control/messages.ts';
import { peopleControl } from './control/people.ts';
import { createFanOut } from './delivery/fan-out.ts';
import { createPost } from './delivery/http.ts';
import { createLedger } from './delivery/ledger.ts';
import { createOutbox } from './delivery/outbox.ts';
import { createValidationTokens } from './delivery/validation-tokens.ts';
import { createDrive } from './drive.ts';
import { adminConsentRoutes } from './entra/admin-consent.ts';
import type { AppRegistration } from './entra/app.ts';
import { authorizeRoutes } from './entra/authorize.ts';
import { createConsents } from './entra/consents.ts';
import { discoveryRoutes } from './entra/discovery.ts';
import { createGrants } from './entra/grants.ts';
import { tokenRoutes } from './entra/token.ts';
import { createFaults } from './faults.ts';
import { batchRoute } from './graph/batch.ts';
import { chatRoutes } from './graph/chats.ts';
import { createLimiter } from './graph/limits.ts';
import { messageRoutes } from './graph/messages.ts';
import { peopleRoutes } from './graph/people.ts';
import { addRoutes, unknownRoute } from './graph/route.ts';
import { driveRoutes, shareRoutes } from './graph/shares.ts';
import { pageRoutes } from './html/assets.ts';
import { createKeys } from './keys.ts';
import { createMessages } from './messages.ts';
import { Problem } from './problem.ts';
import { createRequests } from './requests.ts';
import { createMicrosoftState } from './state.ts';
import { createLifetime, type Lifetime } from './subscriptions/lifetime.ts';
import { createRegistry } from './subscriptions/registry.ts';
import { subscriptionRoutes } from './subscriptions/routes.ts';
import type { MicrosoftOptions } from './types.ts';

const BODY_LIMIT = 128 * 1024 * 1024;
const DEFAULT_ROLES = ['Chat.Read.All', 'Presence.Read.All', 'User.Read.All'];

/** What starting needs. `redirectUris` are the app registration's, compared exactly. */
export interface StartMicrosoft {
  authority: Authority;
  port?: number;
  redirectUris: string[];
  options?: MicrosoftOptions;
}

/** A running Microsoft emulator at `https://localhost:PORT`: Entra under `/{tenant}`, Graph under `/v1.0`, control under `/playground`. */
export interface Microsoft {
  url: string;
  close(): Promise<void>;
}

/** Starts Entra ID and Graph with the sample people and chats, on one HTTPS port. */
export async function startMicrosoft({
  authority,
  port,
  redirectUris,
  options = {},
}: StartMicrosoft): Promise<Microsoft> {
  const [tls, parts] = await Promise.all([
    authority.issue(['localhost', '127.0.0.1']),
    createParts(authority, options),
  ]);
  const server = createServer(tls);
  const app = toApp(redirectUris, options);
  let url = '';
  const deps = { ...parts(() => url), app, options, url: () => url };
  await server.register(formbody);
  discoveryRoutes(server, deps);
  authorizeRoutes(server, deps);
  tokenRoutes(server, deps);
  adminConsentRoutes(server, deps);
  addRoutes(server, deps, [
    ...peopleRoutes(deps),
    ...chatRoutes(deps),
    ...messageRoutes(deps),
    ...shareRoutes(deps),
    ...subscriptionRoutes(deps),
  ]);
  batchRoute(server);
  peopleControl(server, deps);
  messageControl(server, deps);
  driveRoutes(server, deps);
  faultControl(server, deps);
  deliveryControl(server, deps);
  eventStream(server, deps.state);
  pageRoutes(server);
  await server.listen({ port: port ?? 0, host: 'localhost' });
  url = `https://localhost:${(server.server.address() as AddressInfo).port}`;
  return {
    url,
    close: async () => {
      deps.clock.stop();
      await server.close();
      deps.closeConnections();
    },
  };
}

async function createParts(authority: Authority, options: MicrosoftOptions) {
  const keys = await createKeys();
  return (url: () => string) => {
    const clock = createClock();
    const faults = createFaults();
    const state = createMicrosoftState(clock, CONTOSO);
    const registry = createRegistry();
    const ledger = createLedger();
    const { post, close: closeConnections } = createPost(authority.certificatePem);
    const tokens = createValidationTokens({ url, clock, keys, faults });
    const outbox = createOutbox({ clock, faults, registry, ledger, post, tokens, options });
    const fanOut = createFanOut({ clock, faults, registry, outbox, ledger, url });
    const lifetime: Lifetime = createLifetime({
      clock,
      registry,
      send: (subscription, event) => fanOut.lifecycle(subscription, event),
      released: (subscription) => outbox.release(subscription.id),
    });
    state.onMessage((change) => fanOut.message(change));
    for (const person of PEOPLE) state.addPerson(person);
    for (const chat of CHATS) state.addChat(chat);
    const entra = { grants: createGrants(clock, options.accessTokenSeconds), consents: createConsents() };
    const graph = { requests: createRequests(), limiter: options.limits ? createLimiter() : null };
    const messages = createMessages(state, url);
    const drive = createDrive(clock);
    return {
      ...entra,
      ...graph,
      clock,
      faults,
      state,
      registry,
      ledger,
      post,
      closeConnections,
      outbox,
      fanOut,
      lifetime,
      messages,
      drive,
      keys,
    };
  };
}

function createServer(tls: { cert: string; key: string }): FastifyInstance {
  const server = fastify({
    https: tls,
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 1000 },
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false } },
    // Graph also takes ids in OData's parentheses: chats('…')/messages('…').
    rewriteUrl: (request) => {
      const address = request.url ?? '/';
      return address.startsWith('/v1.0/') ? address.replace(/\('([^'/?]*)'\)/g, '/$1') : address;
    },
  });
  server.setNotFoundHandler((request, reply) => {
    if (request.url.startsWith('/v1.0/')) return unknownRoute(request, reply);
    return reply.code(404).send({ error: { message: 'There is nothing here.' } });
  });
  server.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
    const status = error instanceof Problem ? error.status : (error.statusCode ?? 500);
    return reply
      .code(status)
      .send({ error: { code: status === 400 ? 'BadRequest' : 'Error', message: error.message } });
  });
  return server as unknown as FastifyInstance;
}

function toApp(redirectUris: string[], options: MicrosoftOptions): AppRegistration {
  return {
    clientId: CLIENT_ID,
    servicePrincipalId: SERVICE_PRINCIPAL,
    name: 'Microsoft Teams for Mattermost',
    secrets: new Set([CLIENT_SECRET]),
    expiredSecrets: new Set(),
    certificates: [],
    redirectUris: [...redirectUris],
    tid: CONTOSO,
    multiTenant: options.multiTenant ?? false,
    roles: options.appRoles ?? DEFAULT_ROLES,
  };
}
