import { closeSync, fdatasync, fsyncSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { AppError } from '../../core/errors.ts';

/** The way of SQLite's log to the disk. */
export interface Disk {
  /** Resolves when everything committed before the call is on disk. Errors: `database_unavailable`, from the first failure on for good. */
  reach(): Promise<void>;
  close(): void;
}

/**
 * Syncs a write-ahead log from a thread of the pool. With `synchronous=FULL` SQLite waits for the disk within `commit`, and the whole
 * process with it; with `NORMAL` it leaves the log to the system, and this is the same wait with the event loop free
 * (https://www.sqlite.org/wal.html, Performance Considerations). `file` is the log; it must exist at the first call.
 */
export function createDisk(file: string): Disk {
  let log: number | null = null;
  let failure: AppError | null = null;

  async function reach(): Promise<void> {
    if (failure) throw failure;
    log ??= openLog(file);
    const cause = await synced(log);
    if (!cause) return;
    // The system may have dropped what it could not write: a later success would say nothing about these changes.
    failure = new AppError('database_unavailable', 'The embedded database could not be brought to the disk.', {
      cause,
      remedy: 'Check the health of the disk that holds DATA_DIR, then start the sidecar again.',
    });
    throw failure;
  }

  return {
    reach,
    close: () => {
      if (log !== null) closeSync(log);
    },
  };
}

/** The name of a new file is on disk only when its folder is; Windows cannot sync a folder and does not need to. */
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
