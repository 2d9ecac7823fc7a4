import type { ErrorCode } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import type { Connection } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';

/** Why a picture or text is missing, for the log and for the line shown instead. */
export type HostedFailure = 'foreign_host' | 'not_a_picture' | 'not_text' | ErrorCode;

export interface HostedContentsDeps {
  client: Pick<GraphClient, 'getBytes'>;
  tokenFor(connectionId: string): Promise<string>;
  /** Graph's root as configured. */
  graphUrl: string;
  clock: Clock;
  log: Log;
}

/** Longer than any post: a longer snippet is read in Teams. */
const MAX_SNIPPET_BYTES = 256 * 1024;
const SECOND_TRY_AFTER = 2 * SECOND;
const LONGEST_WAIT = 10 * SECOND;
const PASSING: ReadonlySet<ErrorCode> = new Set(['microsoft_unavailable', 'microsoft_throttled']);

const HOSTED = /^\/(?:v1\.0|beta)(\/chats\/([^/]+)\/messages\/(\d+)\/hostedContents\/[^/]+\/\$value)$/;

/**
 * Fetches hosted content of a message with the user's own token. No other address is fetched: the sender chooses the addresses in a
 * message, and the sidecar may reach hosts that the sender cannot. Never throws: a missing picture must not delay its message.
 * https://learn.microsoft.com/graph/api/chatmessagehostedcontent-get
 */
export async function readHosted(
  deps: HostedContentsDeps,
  connection: Connection,
  { url, maxBytes }: { url: string; maxBytes: number },
): Promise<Buffer | { failed: HostedFailure }> {
  const address = hostedAddress(url, new URL(deps.graphUrl).origin);
  if (!address) return { failed: 'foreign_host' };
  const { id, tid, oid } = connection;
  const scope = { operation: 'GET hostedContent', tid, user: oid, chat: address.chat } as const;
  try {
    const call = { ...scope, token: () => deps.tokenFor(id), path: address.path };
    return await twice(deps.clock, () => deps.client.getBytes(call, maxBytes));
  } catch (error) {
    const { code, fields } = toAppError(error);
    deps.log.warn({ connectionId: id, code, ...fields }, 'A picture or snippet of a message could not be fetched.');
    return { failed: code };
  }
}

/** Fetches the text of code snippets, which Teams stores as hosted content of the message. Never throws. */
export function createSnippets(deps: HostedContentsDeps) {
  return async (
    connection: Connection,
    { url }: { url: string },
  ): Promise<{ text: string } | { failed: HostedFailure }> => {
    const bytes = await readHosted(deps, connection, { url, maxBytes: MAX_SNIPPET_BYTES });
    if ('failed' in bytes) return bytes;
    return bytes.includes(0) ? { failed: 'not_text' } : { text: bytes.toString('utf8') };
  };
}

/** Path, chat and message of a hosted content's address on the configured Graph host; null for any other address. */
export function hostedAddress(url: string, origin: string): { path: string; chat: string; messageId: string } | null {
  if (!URL.canParse(url)) return null;
  const { origin: asked, pathname } = new URL(url);
  const [, path, chat, messageId] = HOSTED.exec(pathname) ?? [];
  if (asked !== origin || path === undefined || chat === undefined || messageId === undefined) return null;
  return { path, chat, messageId };
}

/** Tries once more after an error that may pass within ten seconds. */
async function twice<T>(clock: Clock, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const { code, retryAfterMs = SECOND_TRY_AFTER } = toAppError(error);
    if (!PASSING.has(code) || retryAfterMs > LONGEST_WAIT) throw error;
    await clock.sleep(retryAfterMs);
    return run();
  }
}
