import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connection } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import type { Download } from '../client/download.ts';

/** Delegated permission that reading shared files takes, asked for only when files are forwarded. */
export const FILES_SCOPE = 'Files.Read.All';

/** A file on its way from SharePoint; see `Download`. */
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
 * Opens files that were shared in a chat with the user's own token: what they may not read, they do not get. Never throws: what cannot be had
 * must not hold its message back. Source: Microsoft Graph "Access shared items" (encoding) and "Download driveItem content".
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

/** A name that every file system takes, with its extension. */
function fileName(name: string): string {
  const safe = name.replace(/[\p{Cc}\p{Cf}/\\:*?"<>|]+/gu, '_').trim();
  const [, base = safe, extension = ''] = /^(.*?)(\.[\p{L}\p{N}]{1,10})?$/u.exec(safe) ?? [];
  return `${base.slice(0, 120).trim() || 'file'}${extension}`;
}
