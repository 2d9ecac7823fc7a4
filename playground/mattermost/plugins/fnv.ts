const PRIME = 0x1_00_00_00_01_b3n;
const OFFSET = 0xcb_f2_9c_e4_84_22_23_25n;

/** FNV-1a, 64 bits, as 16 hexadecimal digits: what Mattermost names a bundle's file after. */
export function fnv64a(bytes: Buffer): string {
  let hash = OFFSET;
  for (const byte of bytes) hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  return hash.toString(16).padStart(16, '0');
}
