import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connection } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import type { Download } from '../client/download.ts';

/** The delegated permission to read shared files, requested only when files are forwarded. */
export const FILES_SCOPE = 'Files.Read.All';

/** A file that is being read from SharePoint; see `Download`. */
export interface SharedFile extends Download {
  name: string;
}

export interface FilesDeps {
  client: Pick<GraphClient, 'openFile'>;
  tokenFor(connectionId: string): Promise<string>;
  /** Larger files are not fetched. */
  maxBytes: number;
  log: Log;
}

/**
 * Opens files shared in a chat, with the user's own token and so with the user's permissions. Never throws: a file that cannot be opened
 * must not delay its message. `failed` is an error code.
 * https://learn.microsoft.com/graph/api/shares-get#encoding-sharing-urls, https://learn.microsoft.com/graph/api/driveitem-get-content
 */
export function createFiles({ client, tokenFor, maxBytes, log }: FilesDeps) {
  return async (
    { id, tid, oid }: Connection,
    { url, name }: { url: string; name: string },
  ): Promise<SharedFile | { failed: string }> => {
    try {
      const path = `/shares/u!${Buffer.from(url).toString('base64url')}/driveItem/content`;
      const call = { operation: 'GET sharedFile', tid, user: oid, token: () => tokenFor(id), path } as const;
      return { ...(await client.openFile(call, maxBytes)), name: fileName(name) };
    } catch (error) {
      const { code, fields } = toAppError(error);
      log.warn({ connectionId: id, code, ...fields }, 'A file of a message could not be fetched.');
      return { failed: code };
    }
  };
}

/** The name with its extension, in characters that every file system takes. */
function fileName(name: string): string {
  const safe = name.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, '_').trim();
  const [, base = safe, extension = ''] = /^(.*?)(\.[\p{L}\p{N}]{1,10})?$/u.exec(safe) ?? [];
  return `${base.slice(0, 120).trim() || 'file'}${extension}`;
}
