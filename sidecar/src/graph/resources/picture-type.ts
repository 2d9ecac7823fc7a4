/** A picture format Mattermost shows, told by its first bytes. */
export interface PictureType {
  contentType: string;
  extension: string;
}

const SIGNATURES: ReadonlyArray<PictureType & { at: number; bytes: string; and?: { at: number; bytes: string } }> = [
  { contentType: 'image/png', extension: 'png', at: 0, bytes: '89504e470d0a1a0a' },
  { contentType: 'image/jpeg', extension: 'jpg', at: 0, bytes: 'ffd8ff' },
  { contentType: 'image/gif', extension: 'gif', at: 0, bytes: '47494638' },
  { contentType: 'image/webp', extension: 'webp', at: 0, bytes: '52494646', and: { at: 8, bytes: '57454250' } },
  { contentType: 'image/bmp', extension: 'bmp', at: 0, bytes: '424d' },
];

/** The format of a picture by its bytes, whatever its sender calls it; null for everything else, SVG included, which can hold scripts. */
export function pictureType(bytes: Uint8Array): PictureType | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const has = ({ at, bytes: hex }: { at: number; bytes: string }) => head.startsWith(hex, at * 2);
  const found = SIGNATURES.find((signature) => has(signature) && (!signature.and || has(signature.and)));
  return found ? { contentType: found.contentType, extension: found.extension } : null;
}
