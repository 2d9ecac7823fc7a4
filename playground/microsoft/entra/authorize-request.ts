import type { AppRegistration } from './app.ts';
import { EntraError } from './errors.ts';
import { parseScopes } from './scopes.ts';

/** A valid authorize request. */
export interface AuthorizeRequest {
  redirectUri: string;
  state: string | undefined;
  nonce: string | undefined;
  scopes: string[];
  challenge: string;
  responseMode: string;
  prompt: string | undefined;
  loginHint: string | undefined;
  clientInfo: boolean;
}

export type AuthorizeQuery = Record<string, string | undefined>;

/** What makes a request unanswerable at its own address. Errors: `EntraError` 700016, 50011. */
export function checkAddress(app: AppRegistration, query: AuthorizeQuery): string {
  if (query.client_id !== app.clientId) throw new EntraError('unauthorized_client', 700016);
  const uri = query.redirect_uri;
  if (uri === undefined || !app.redirectUris.includes(uri)) throw new EntraError('invalid_request', 50011);
  return uri;
}

/** Reads the rest of the request. Errors: `EntraError` to be told to the app's address. */
export function parseRequest(query: AuthorizeQuery, redirectUri: string, graphUrl: string): AuthorizeRequest {
  const responseMode = query.response_mode ?? 'query';
  const scopes = parseScopes(query.scope ?? '', graphUrl);
  if (query.response_type !== 'code') throw new EntraError('unsupported_response_type', 9002313);
  if (!['query', 'fragment', 'form_post'].includes(responseMode)) throw malformed('response_mode is not known.');
  if (scopes.length === 0) throw malformed('scope is missing.');
  if (query.code_challenge_method !== 'S256' || !/^[\w-]{43}$/.test(query.code_challenge ?? '')) {
    throw malformed('A code_challenge with the method S256 is required.');
  }
  if (query.prompt !== undefined && !['login', 'none', 'consent', 'select_account'].includes(query.prompt)) {
    throw malformed('prompt is not known.');
  }
  return {
    redirectUri,
    state: query.state,
    nonce: query.nonce,
    scopes,
    challenge: query.code_challenge ?? '',
    responseMode,
    prompt: query.prompt,
    loginHint: query.login_hint,
    clientInfo: query.client_info === '1',
  };
}

function malformed(detail: string): EntraError {
  return new EntraError('invalid_request', 9002313, {
    detail: `Invalid request. Request is malformed or invalid. ${detail}`,
  });
}
