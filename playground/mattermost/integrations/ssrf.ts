import { BlockList, isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

const RESERVED_V4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const;
const RESERVED_V6 = [
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const;

/** Decides where integrations may be called (`server/public/shared/httpservice`). */
export interface SsrfGuard {
  /** The host is listed word for word, so its addresses are not looked at. */
  isHostAllowed(host: string): boolean;
  /** The address is neither reserved nor the server's own, or lies in a listed network. */
  isAddressAllowed(address: string): boolean;
}

/** The guard for one value of `AllowedUntrustedInternalConnections`: host names, addresses and networks, separated by spaces or commas. */
export function createSsrfGuard(allowed: string): SsrfGuard {
  const entries = allowed.split(/[\s,]+/).filter((entry) => entry !== '');
  const networks = new BlockList();
  for (const entry of entries) addNetwork(networks, entry);
  const refused = reservedAddresses();
  return {
    isHostAllowed: (host) => entries.includes(host),
    isAddressAllowed(address) {
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      return !refused.check(address, family) || networks.check(address, family);
    },
  };
}

function addNetwork(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || prefix === undefined || !/^\d{1,3}$/.test(prefix)) return;
  const bits = Number(prefix);
  if (bits <= (version === 6 ? 128 : 32)) list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}

function reservedAddresses(): BlockList {
  const list = new BlockList();
  for (const [network, bits] of RESERVED_V4) list.addSubnet(network, bits, 'ipv4');
  for (const [network, bits] of RESERVED_V6) list.addSubnet(network, bits, 'ipv6');
  for (const own of Object.values(networkInterfaces()).flat()) {
    if (own) list.addAddress(own.address, own.family === 'IPv6' ? 'ipv6' : 'ipv4');
  }
  return list;
}
