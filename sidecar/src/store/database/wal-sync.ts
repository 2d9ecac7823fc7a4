import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';

/** Brings SQLite's write-ahead log to the disk. */
export interface WalSync {
  /**
   * Resolves when everything committed before the call is on disk.
   *
   * @throws {AppError} database_unavailable; after the first failure always
   */
  sync(): Promise<void>;
  close(): void;
}

/**
 * Syncs a write-ahead log from a thread of Node's pool. With `synchronous=FULL` SQLite waits for the disk within `commit`, and the whole
 * process with it; with `NORMAL` it leaves the log to the operating system, and this waits for the disk while the event loop stays
 * free (https://www.sqlite.org/wal.html, Performance Considerations). `file` is the log; it must exist at the first call.
 */
export function createWalSync(file: string): WalSync {
  let log: number | null = null;
  let failure: AppError | null = null;

  async function sync(): Promise<void> {
    if (failure) throw failure;
    log ??= openLog(file);
    const cause = await synced(log);
    if (!cause) return;
    // The operating system may have dropped pages that it could not write: a later success would prove nothing for these changes.
    failure = new AppError('database_unavailable', 'The embedded database could not be brought to the disk.', {
      cause,
      remedy: 'Check the health of the disk that holds DATA_DIR, then start the sidecar again.',
    });
    throw failure;
  }

  return {
    sync,
    close: () => {
      if (log !== null) closeSync(log);
    },
  };
}

/** The name of a new file is on disk only when its folder is synced; Windows cannot sync a folder and does not need to. */
function openLog(file: string): number {
  if (process.platform !== 'win32') {
    const folder = openSync(dirname(file), 'r');
    fsyncSync(folder);
    closeSync(folder);
  }
  return openSync(file, 'r+');
}

function synced(log: number): Promise<Error | null> {
  return new Promise((resolve) => fdatasync(log, resolve));
}
