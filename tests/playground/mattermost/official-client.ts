import clientPackage, { type Client4, type WebSocketClient } from '@mattermost/client';

/** Mattermost's own REST client pointed at `url`, with `token` as its session. */
export function officialClient(url: string, token: string): Client4 {
  // The package is CommonJS whose names ES modules cannot see.
  const client = new clientPackage.Client4();
  client.setUrl(url);
  client.setToken(token);
  client.setIncludeCookies(false);
  return client;
}

/** Mattermost's own WebSocket client, not yet connected. */
export function officialSocket(): WebSocketClient {
  return new clientPackage.WebSocketClient();
}
