import type { FastifyInstance } from 'fastify';
import type { MovableClock } from '../clock.ts';
import { type AppRegistration, toClientCertificate } from '../entra/app.ts';
import type { Consents } from '../entra/consents.ts';
import type { Grants } from '../entra/grants.ts';
import type { Faults } from '../faults.ts';
import { Problem } from '../problem.ts';
import type { Requests } from '../requests.ts';
import type { Lifetime } from '../subscriptions/lifetime.ts';
import type { Registry } from '../subscriptions/registry.ts';
import type { Json } from '../types.ts';

const KINDS = [
  'throttle',
  'error',
  'delay',
  'duplicate',
  'reorder',
  'lose',
  'wrong_key',
  'tampered_data',
  'tampered_signature',
  'wrong_client_state',
  'token_null',
  'token_v1',
  'token_wrong_azp',
  'token_wrong_aud',
  'token_wrong_tid',
  'token_expired',
  'token_bad_signature',
  'entra_error',
  'expire_access_tokens',
  'revoke',
  'admin_consent_required',
  'id_token',
];
const FAULT = {
  type: 'object',
  required: ['kind'],
  properties: {
    kind: { enum: KINDS },
    operation: { type: 'string' },
    match: { type: 'object', additionalProperties: { type: 'string' } },
    times: { type: 'integer', minimum: 1 },
  },
};

/** What faults and the clock act on. */
export interface FaultControlDeps {
  app: AppRegistration;
  clock: MovableClock;
  consents: Consents;
  grants: Grants;
  faults: Faults;
  requests: Requests;
  registry: Registry;
  lifetime: Lifetime;
}

/** Control of time, faults, request counts and the app registration. */
export function faultControl(server: FastifyInstance, deps: FaultControlDeps): void {
  const { app, clock, faults, requests } = deps;
  server.get('/playground/clock', () => ({ now: new Date(clock.now()).toISOString() }));
  server.post<{ Body: { advanceMs: number } }>(
    '/playground/clock',
    {
      schema: {
        body: { type: 'object', required: ['advanceMs'], properties: { advanceMs: { type: 'number', minimum: 0 } } },
      },
    },
    (request) => {
      clock.advance(request.body.advanceMs);
      return { now: new Date(clock.now()).toISOString() };
    },
  );
  server.post<{ Body: Json & { kind: string } }>(
    '/playground/faults',
    { schema: { body: FAULT } },
    ({ body }, reply) => {
      if (actAtOnce(deps, body)) return reply.code(201).send(body);
      return reply.code(201).send(faults.add(body));
    },
  );
  server.get('/playground/faults', () => ({ faults: faults.list() }));
  server.delete('/playground/faults', (_request, reply) => {
    faults.clear();
    return reply.code(204).send();
  });
  server.get<{ Querystring: { since?: string } }>('/playground/requests', ({ query }) => {
    const { since } = query;
    return requests.summary(since === undefined ? 0 : Number(since) || Date.parse(since) || 0);
  });
  server.delete('/playground/requests', (_request, reply) => {
    requests.reset();
    return reply.code(204).send();
  });
  server.post<{ Body: { pem: string } }>(
    '/playground/app/certificates',
    { schema: { body: { type: 'object', required: ['pem'], properties: { pem: { type: 'string' } } } } },
    ({ body }, reply) => {
      const certificate = readPem(body.pem);
      app.certificates.push(certificate);
      return reply.code(201).send({ thumbprint: certificate.sha1, thumbprintSha256: certificate.sha256 });
    },
  );
  server.put<{ Body: { secrets?: string[]; expiredSecrets?: string[]; redirectUris?: string[]; roles?: string[] } }>(
    '/playground/app',
    (request) => {
      const { secrets, expiredSecrets, redirectUris, roles } = request.body;
      if (secrets) app.secrets = new Set(secrets);
      if (expiredSecrets) app.expiredSecrets = new Set(expiredSecrets);
      if (redirectUris) app.redirectUris = redirectUris;
      if (roles) app.roles = roles;
      return { clientId: app.clientId, redirectUris: app.redirectUris, roles: app.roles };
    },
  );
}

/** Two kinds are deeds, not plans. True when it was one. */
function actAtOnce(deps: FaultControlDeps, fault: Json & { kind: string }): boolean {
  const { clock, grants, consents, registry, lifetime } = deps;
  if (fault.kind === 'expire_access_tokens') {
    grants.expireAccessTokens();
    for (const subscription of registry.all()) {
      subscription.tokenExpiresAt = Math.min(subscription.tokenExpiresAt, clock.now());
      lifetime.reschedule(subscription);
    }
    return true;
  }
  if (fault.kind !== 'revoke') return false;
  const oid = String(fault.oid);
  grants.revoke(oid);
  consents.withdraw(oid);
  // Graph asks for a new authorization when consent is withdrawn, without waiting for the token to end.
  for (const subscription of registry.all()) {
    if (subscription.kind === 'delegated' && subscription.creatorId === oid) lifetime.remind(subscription);
  }
  return true;
}

function readPem(pem: string): ReturnType<typeof toClientCertificate> {
  try {
    return toClientCertificate(pem);
  } catch {
    throw new Problem(400, 'This is not a certificate in PEM.');
  }
}
