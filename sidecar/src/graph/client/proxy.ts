import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';
import { SECOND } from '../../core/time.ts';

/** Addresses of the proxies for outbound requests, null for none. `no` lists the hosts reached without one, `*` for all. */
export interface Proxy {
  http: string | null;
  https: string | null;
  no: string;
}

/** How outbound requests leave: `through` is an option of every client, empty for the direct way. */
export interface OutboundRoute {
  through: { dispatcher?: Dispatcher };
  close(): Promise<void>;
}

/**
 * Makes `fetch` use the proxies and returns the dispatcher that does, for the other clients. TLS goes through a
 * tunnel (CONNECT) and is checked against what Node trusts, `NODE_EXTRA_CA_CERTS` included.
 */
export function openProxy(proxy: Proxy | null): OutboundRoute {
  if (proxy === null) return { through: {}, close: async () => {} };
  // An empty text keeps undici from reading the environment itself; undefined would not.
  const [httpProxy, httpsProxy] = [proxy.http ?? '', proxy.https ?? ''];
  const agent = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    noProxy: exceptions(proxy.no),
    connect: { timeout: 10 * SECOND },
    connections: 64,
  });
  setGlobalDispatcher(agent);
  return { through: { dispatcher: agent }, close: () => agent.close() };
}

/** Requests to this machine never go through a proxy. */
function exceptions(no: string): string {
  return no.trim() === '*' ? '*' : [no, '127.0.0.1', '[::1]'].filter((host) => host !== '').join(',');
}
