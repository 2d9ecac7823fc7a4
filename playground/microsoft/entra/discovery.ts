import type { FastifyInstance } from 'fastify';
import type { Keys } from '../keys.ts';

/** `openid-configuration`, instance discovery and the published keys. */
export function discoveryRoutes(server: FastifyInstance, deps: { url(): string; keys: Keys }): void {
  server.get<{ Params: { tenant: string } }>('/:tenant/v2.0/.well-known/openid-configuration', (request) => {
    const { tenant } = request.params;
    const base = `${deps.url()}/${tenant}`;
    const isShared = tenant === 'organizations' || tenant === 'common';
    return {
      issuer: isShared ? `${deps.url()}/{tenantid}/v2.0` : `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      response_modes_supported: ['query', 'fragment', 'form_post'],
      response_types_supported: ['code'],
      scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
    };
  });
  server.get('/common/discovery/instance', (request) => {
    const { authorization_endpoint: endpoint = '' } = request.query as Record<string, string | undefined>;
    const host = new URL(deps.url()).host;
    const tenant = URL.canParse(endpoint) ? new URL(endpoint).pathname.split('/')[1] : 'common';
    return {
      tenant_discovery_endpoint: `${deps.url()}/${tenant}/v2.0/.well-known/openid-configuration`,
      'api-version': '1.1',
      metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
    };
  });
  server.get('/:tenant/discovery/v2.0/keys', () => deps.keys.jwks);
}
