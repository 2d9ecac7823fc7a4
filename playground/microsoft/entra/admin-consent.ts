import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { askAdministrator, signedOut, sorry } from '../html/sign-in.ts';
import type { MicrosoftState } from '../state.ts';
import { answerApp, sendPage } from './answer.ts';
import type { AppRegistration } from './app.ts';
import type { Consents } from './consents.ts';
import { describe, EntraError, newTrace } from './errors.ts';
import { parseScopes, SIGN_IN_SCOPES } from './scopes.ts';
import { writeSession } from './session.ts';

/** What admin consent and sign-out need. */
export interface AdminConsentDeps {
  url(): string;
  app: AppRegistration;
  state: MicrosoftState;
  consents: Consents;
}

interface Flow {
  tid: string;
  scopes: string[];
  redirectUri: string;
  state: string | undefined;
}

type Tenanted = { Params: { tenant: string } };

/** Delegated permissions the app is configured with: what `.default` stands for. */
const CONFIGURED = [...SIGN_IN_SCOPES, 'User.Read', 'Chat.Read', 'Presence.Read'];

/** `GET /{tenant}/v2.0/adminconsent`, its older form without scopes, and sign-out. */
export function adminConsentRoutes(server: FastifyInstance, deps: AdminConsentDeps): void {
  const flows = new Map<string, Flow>();
  for (const path of ['/:tenant/v2.0/adminconsent', '/:tenant/adminconsent']) {
    server.get<Tenanted>(path, (request, reply) => {
      const { tenant } = request.params;
      const query = request.query as Record<string, string | undefined>;
      if (query.client_id !== deps.app.clientId)
        return sendPage(reply, sorry(700016, 'Application was not found.'), 400);
      if (!query.redirect_uri || !deps.app.redirectUris.includes(query.redirect_uri)) {
        return sendPage(reply, sorry(50011, new EntraError('invalid_request', 50011).message), 400);
      }
      if (tenant === 'common') return sendPage(reply, sorry(9002313, 'Use the tenant id or organizations.'), 400);
      const asked = parseScopes(query.scope ?? '.default', deps.url());
      const scopes = asked.includes('.default') ? CONFIGURED : asked;
      const tid = tenant === 'organizations' ? deps.app.tid : tenant;
      const flow = randomUUID();
      flows.set(flow, { tid, scopes, redirectUri: query.redirect_uri, state: query.state });
      return sendPage(reply, askAdministrator({ scopes, flow, tenant, appName: deps.app.name }));
    });
  }
  server.post<Tenanted>('/:tenant/adminconsent', (request, reply) => {
    const { flow: id = '', decision } = request.body as Record<string, string>;
    const flow = flows.get(id);
    if (!flow) return sendPage(reply, sorry(9002313, 'This page is too old. Start again.'), 400);
    flows.delete(id);
    const to = { redirectUri: flow.redirectUri, responseMode: 'query' };
    const { tid: tenant, state, scopes } = flow;
    if (decision !== 'accept') {
      const refusal = new EntraError('access_denied', 65004);
      const error_description = describe(refusal, newTrace());
      return answerApp(reply, to, { admin_consent: 'True', tenant, error: refusal.error, error_description, state });
    }
    deps.consents.giveForTenant(tenant, scopes);
    return answerApp(reply, to, { admin_consent: 'True', tenant, scope: scopes.join(' '), state });
  });
  server.get<Tenanted>('/:tenant/oauth2/v2.0/logout', (request, reply) => {
    writeSession(reply, null);
    const { post_logout_redirect_uri: back } = request.query as Record<string, string | undefined>;
    const isKnown = back !== undefined && deps.app.redirectUris.some((uri) => new URL(uri).origin === safeOrigin(back));
    return isKnown ? reply.redirect(back, 302) : sendPage(reply, signedOut());
  });
}

function safeOrigin(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
