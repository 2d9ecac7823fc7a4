import type { Cache } from '../../core/cache.ts';
import { createCache } from '../../core/cache.ts';
import type { Picture } from '../../core/ports/files.ts';
import { MINUTE } from '../../core/time.ts';
import type { Connection } from '../../core/types.ts';
import type { HostedContentsDeps, HostedFailure } from './hosted-content.ts';
import { hostedAddress, readHosted } from './hosted-content.ts';

export interface PicturesDeps extends HostedContentsDeps {
  /** Larger pictures are not fetched. Default 20 MiB. */
  maxBytes?: number;
  /** Bytes kept for the other members of the chat. Default 64 MiB. */
  keptBytes?: number;
}

/** A picture, and the message that it belongs to; without `message` the picture is not shared with other readers. */
export interface PictureRequest {
  url: string;
  name: string;
  message?: { chatId: string; id: string };
}

const MAX_BYTES = 20 * 1024 * 1024;
const KEPT_BYTES = 64 * 1024 * 1024;
/** Long enough for all members of a chat to be served. */
const KEPT_FOR = 5 * MINUTE;

/**
 * Fetches the pictures pasted into messages, once for all users who receive the message: Graph allows one hosted content per second and
 * chat. Never throws. See `readHosted` for the addresses that are fetched.
 */
export function createPictures(deps: PicturesDeps) {
  const origin = new URL(deps.graphUrl).origin;
  const cache: PictureCache = createCache({
    clock: deps.clock,
    maxBytes: deps.keptBytes ?? KEPT_BYTES,
    sizeOf: ({ length }: Buffer) => length,
    ttlMs: KEPT_FOR,
  });
  return async (
    connection: Connection,
    { url, name, message }: PictureRequest,
  ): Promise<Picture | { failed: HostedFailure }> => {
    const fetch = () => readHosted(deps, connection, { url, maxBytes: deps.maxBytes ?? MAX_BYTES });
    const key = sharedKey(hostedAddress(url, origin), connection.tid, message);
    const bytes = key === null ? await fetch() : await fetchShared(cache, key, fetch);
    if ('failed' in bytes) return bytes;
    const type = pictureType(bytes);
    if (!type) return { failed: 'not_a_picture' };
    return { bytes, contentType: type.contentType, name: `${baseName(name)}.${type.extension}` };
  };
}

type PictureCache = Cache<Buffer | undefined>;
type Fetched = Buffer | { failed: HostedFailure };

/** The picture as another reader's token got it. When theirs did not, this reader's may: it is fetched again. */
async function fetchShared(cache: PictureCache, key: string, fetch: () => Promise<Fetched>): Promise<Fetched> {
  let own: Fetched | undefined;
  const shared = await cache.get(key, async () => {
    own = await fetch();
    return 'failed' in own ? undefined : own;
  });
  const found = shared ?? own;
  if (found !== undefined) return found;
  const late = await fetch();
  if (!('failed' in late)) cache.set(key, late);
  return late;
}

/**
 * The cache key of a picture that belongs to the message both readers received; null for any other picture. The sender may have put in the
 * address of a chat that a reader is not in, so there Graph decides for each reader.
 */
function sharedKey(
  address: ReturnType<typeof hostedAddress>,
  tid: string,
  message: PictureRequest['message'],
): string | null {
  if (address === null || address.messageId !== message?.id || decoded(address.chat) !== message.chatId) return null;
  return `${tid} ${address.path}`;
}

function decoded(chat: string): string {
  try {
    return decodeURIComponent(chat);
  } catch {
    return chat;
  }
}

/** The name without its extension, in characters that every file system takes. */
function baseName(name: string): string {
  const base = name.replace(/\.[a-z0-9]{1,5}$/i, '').replace(/[^\p{L}\p{N} _-]+/gu, '_');
  return base.slice(0, 80).trim() || 'picture';
}

/** A picture format that Mattermost shows. */
interface PictureType {
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

/** The format by the first bytes, whatever the sender calls it. Null for any other, SVG included, which can hold scripts. */
function pictureType(bytes: Uint8Array): PictureType | null {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('hex');
  const has = ({ at, bytes: hex }: { at: number; bytes: string }) => head.startsWith(hex, at * 2);
  const found = SIGNATURES.find((signature) => has(signature) && (!signature.and || has(signature.and)));
  return found ? { contentType: found.contentType, extension: found.extension } : null;
}
