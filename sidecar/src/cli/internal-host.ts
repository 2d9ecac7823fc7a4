import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

/**
 * Networks that Mattermost calls only when an administrator lists them:
 * https://github.com/mattermost/mattermost/blob/master/server/public/shared/httpservice/client.go
 */
const INTERNAL: ReadonlyArray<[network: string, prefix: number, family: 'ipv4' | 'ipv6']> = [
  ['10.0.0.0', 8, 'ipv4'],
  ['100.64.0.0', 10, 'ipv4'],
  ['127.0.0.0', 8, 'ipv4'],
  ['169.254.0.0', 16, 'ipv4'],
  ['172.16.0.0', 12, 'ipv4'],
  ['192.168.0.0', 16, 'ipv4'],
  ['::1', 128, 'ipv6'],
  ['fc00::', 7, 'ipv6'],
  ['fe80::', 10, 'ipv6'],
];

/** Whether a host name resolves to an internal address on this machine; false when it does not resolve. */
export async function isInternalHost(host: string): Promise<boolean> {
  const list = new BlockList();
  for (const [network, prefix, family] of INTERNAL) list.addSubnet(network, prefix, family);
  const addresses = await lookup(host.replace(/^\[|\]$/g, ''), { all: true }).catch(() => []);
  return addresses.some(({ address }) => list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4'));
}
