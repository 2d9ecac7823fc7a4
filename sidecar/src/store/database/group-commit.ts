import { AppError } from '../../core/errors.ts';

/** The statements of one connection, which runs one transaction at a time. */
export interface CommitStatements {
  begin(): void;
  commit(): void;
  /** Resolves when committed changes are on disk. */
  sync(): Promise<void>;
  rollback(): void;
  savepoint(): void;
  release(): void;
  rollbackToSavepoint(): void;
}

/** Serializes transactions on a single connection and commits them in batches. */
export interface GroupCommit {
  /** Queues the work, runs it alone, and resolves when it is on disk. A failure undoes this work only. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `action` when the current batch is on disk. */
  afterCommit(action: () => void): void;
  /** Whether no transaction is open at this moment, so that a read need not be queued. */
  isFree(): boolean;
  /** Refuses new work and waits for the queued work. */
  close(): Promise<void>;
}

interface Job {
  run(): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

const MOST_PER_COMMIT = 128;

/** Work that queues up while the disk is busy shares the next commit, each within a savepoint: the disk is the slow part. */
export function createGroupCommit(statements: CommitStatements): GroupCommit {
  const queue: Job[] = [];
  let actions: (() => void)[] = [];
  let closed = false;
  let open = false;
  let running: Promise<void> | null = null;

  async function drain(): Promise<void> {
    await Promise.resolve();
    while (queue.length > 0) {
      open = true;
      const committed = await commitBatch(statements, queue.splice(0, MOST_PER_COMMIT));
      open = false;
      if (committed.length > 0) await syncBatch(statements, committed);
      for (const action of actions) action();
      actions = [];
    }
    running = null;
  }

  return {
    run: <T>(work: () => Promise<T>) => {
      if (closed) return Promise.reject(new AppError('database_unavailable', 'The database is closed.'));
      return new Promise<T>((resolve, reject) => {
        let result: { value: T } | null = null;
        queue.push({
          run: async () => {
            result = { value: await work() };
          },
          resolve: () =>
            result === null ? reject(new AppError('internal', 'Queued work did not run.')) : resolve(result.value),
          reject,
        });
        running ??= drain();
      });
    },
    afterCommit: (action) => void actions.push(action),
    isFree: () => !open && !closed,
    close: async () => {
      closed = true;
      await running;
    },
  };
}

/** Returns the jobs whose work is committed; all others are rejected. */
async function commitBatch(statements: CommitStatements, jobs: Job[]): Promise<Job[]> {
  try {
    statements.begin();
  } catch (error) {
    for (const job of jobs) job.reject(error);
    return [];
  }
  const done: Job[] = [];
  try {
    for (const job of jobs) if (await runInSavepoint(statements, job)) done.push(job);
    statements.commit();
    return done;
  } catch (error) {
    // A full disk may already have ended the transaction, and then there is nothing to roll back.
    try {
      statements.rollback();
    } catch {}
    for (const job of jobs) job.reject(error);
    return [];
  }
}

async function syncBatch(statements: CommitStatements, committed: Job[]): Promise<void> {
  try {
    await statements.sync();
    for (const job of committed) job.resolve();
  } catch (error) {
    for (const job of committed) job.reject(error);
  }
}

async function runInSavepoint(statements: CommitStatements, job: Job): Promise<boolean> {
  statements.savepoint();
  try {
    await job.run();
  } catch (error) {
    statements.rollbackToSavepoint();
    job.reject(error);
    return false;
  }
  statements.release();
  return true;
}
