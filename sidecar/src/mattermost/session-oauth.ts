import type { Dispatcher } from 'undici';
import type { Metrics } from '../core/metrics.ts';
import type { Clock } from '../core/time.ts';
import type { Transport } from './client/transport.ts';
import { createTransport } from './client/transport.ts';
import { readAccessToken, readUser } from './client/wire.ts';

export interface SessionOauthOptions {
  /** The site as browsers see it. */
  siteUrl: string;
  /** Where the sidecar reaches it; may end in a sub-path. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** The sidecar's `/oauth/mattermost`, exactly as registered. */
  redirectUri: string;
  clock: Clock;
  metrics: Pick<Metrics, 'outbound'>;
  /** For a proxy; closed by whoever gave it. */
  dispatcher?: Dispatcher;
}

/** Mattermost's own OAuth 2.0 provider, asked for one thing: whose session a browser holds. */
export interface SessionOauth {
  /** Where the browser goes; `challenge` is that of PKCE S256. */
  authorizeUrl(request: { state: string; challenge: string }): string;
  /** The id of the user who gave the code. Errors: `mattermost_*`, a refused code is `mattermost_refused`. */
  ownerOf(request: { code: string; verifier: string }): Promise<string>;
  close(): Promise<void>;
}

/**
 * Authorization code with PKCE at Mattermost. Its token is a full session of the user, so it is used for one request and revoked at once.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/web/oauth.go
 */
export function createSessionOauth(options: SessionOauthOptions): SessionOauth {
  const transport = createTransport(options);
  return {
    authorizeUrl: ({ state, challenge }) => {
      const query = new URLSearchParams({
        response_type: 'code',
        client_id: options.clientId,
        redirect_uri: options.redirectUri,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      });
      return `${options.siteUrl}/oauth/authorize?${query}`;
    },
    ownerOf: async (request) => {
      const token = await redeem(transport, options, request);
      try {
        return await readOwner(transport, options, token);
      } finally {
        await giveBack(transport, options, token);
      }
    },
    close: transport.close,
  };
}

async function redeem(
  transport: Transport,
  { url, clientId, clientSecret, redirectUri }: SessionOauthOptions,
  { code, verifier }: { code: string; verifier: string },
): Promise<string> {
  const form = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: clientId,
    client_secret: clientSecret,
    redirect_uri: redirectUri,
    code,
    code_verifier: verifier,
  });
  const { data } = await transport.send({
    url: `${url}/oauth/access_token`,
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  });
  return readAccessToken(data);
}

async function readOwner(transport: Transport, { url }: SessionOauthOptions, token: string): Promise<string> {
  const headers = { authorization: `Bearer ${token}` };
  const { data } = await transport.send({ url: `${url}/api/v4/users/me`, method: 'GET', headers, body: undefined });
  return readUser(data).id;
}

/** Withdraws the authorisation, which ends the session; where that is refused, the session alone. Best effort: it ends by itself too. */
async function giveBack(transport: Transport, { url, clientId }: SessionOauthOptions, token: string): Promise<void> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const post = (path: string, body: string) => transport.send({ url: `${url}${path}`, method: 'POST', headers, body });
  await post('/oauth/deauthorize', JSON.stringify({ client_id: clientId }))
    .catch(() => post('/api/v4/users/logout', ''))
    .catch(() => {});
}
