import type { Connection } from '../../core/types.ts';
import type { HostedContentsDeps, HostedFailure } from './hosted-content.ts';
import { readHosted } from './hosted-content.ts';

/** Longer than any post; what is longer is read in Teams. */
const MAX_BYTES = 256 * 1024;

/** Fetches the text of code snippets, which Teams keeps apart from the message. Never throws. */
export function createSnippets(deps: HostedContentsDeps) {
  return async (
    connection: Connection,
    { url }: { url: string },
  ): Promise<{ text: string } | { failed: HostedFailure }> => {
    const bytes = await readHosted(deps, connection, { url, maxBytes: MAX_BYTES });
    if ('failed' in bytes) return bytes;
    return bytes.includes(0) ? { failed: 'not_text' } : { text: bytes.toString('utf8') };
  };
}
