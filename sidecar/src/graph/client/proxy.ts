import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';
import { SECOND } from '../../core/time.ts';

/** The proxies for requests to the outside, null for none; `no` lists the hosts reached without one, `*` for all. */
export interface Proxy {
  http: string | null;
  https: string | null;
  no: string;
}

/**
 * Sends the requests of this process through the proxy: those of `fetch` from now on, and those of whoever is given the dispatcher. TLS
 * goes through in a tunnel (CONNECT), checked against what Node trusts, `NODE_EXTRA_CA_CERTS` included. Null without a proxy.
 */
export function openProxy(proxy: Proxy | null): Dispatcher | null {
  if (proxy === null) return null;
  // An empty text, unlike a missing one, keeps undici from reading the environment for itself.
  const [httpProxy, httpsProxy] = [proxy.http ?? '', proxy.https ?? ''];
  const agent = new EnvHttpProxyAgent({
    httpProxy,
    httpsProxy,
    noProxy: exceptions(proxy.no),
    connect: { timeout: 10 * SECOND },
    connections: 64,
  });
  setGlobalDispatcher(agent);
  return agent;
}

/** This machine's own addresses are nobody else's business. */
function exceptions(no: string): string {
  return no.trim() === '*' ? '*' : [no, '127.0.0.1', '[::1]'].filter((host) => host !== '').join(',');
}
