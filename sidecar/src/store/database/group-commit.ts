import { AppError } from '../../core/errors.ts';

/** The words of a connection that runs one transaction at a time. */
export interface TurnSteps {
  begin(): void;
  commit(): void;
  /** Resolves when what was committed is on disk. */
  sync(): Promise<void>;
  rollback(): void;
  savepoint(): void;
  release(): void;
  undo(): void;
}

/** Lets one piece of work after another use a single connection. */
export interface Turns {
  /** Waits for its turn, runs alone, and resolves when it is on disk. A failure undoes this work and no other. */
  take<T>(work: () => Promise<T>): Promise<T>;
  /** Runs `action` when the turn that is running is on disk. */
  afterCommit(action: () => void): void;
  /** Whether no transaction is open at this moment, so that reading needs no turn. */
  isFree(): boolean;
  /** Refuses new work and waits for what is queued. */
  close(): Promise<void>;
}

interface Turn {
  run(): Promise<void>;
  resolve(): void;
  reject(error: unknown): void;
}

const MOST_PER_COMMIT = 128;

/** Work that queues up while the disk is busy shares the next commit, each within a savepoint: the disk is the slow part. */
export function createTurns(steps: TurnSteps): Turns {
  const queue: Turn[] = [];
  let afterwards: (() => void)[] = [];
  let closed = false;
  let open = false;
  let running: Promise<void> | null = null;

  async function drain(): Promise<void> {
    await Promise.resolve();
    while (queue.length > 0) {
      open = true;
      const done = await commitTogether(steps, queue.splice(0, MOST_PER_COMMIT));
      open = false;
      if (done.length > 0) await settle(steps, done);
      for (const action of afterwards) action();
      afterwards = [];
    }
    running = null;
  }

  return {
    take: <T>(work: () => Promise<T>) => {
      if (closed) return Promise.reject(new AppError('database_unavailable', 'The database is closed.'));
      return new Promise<T>((resolve, reject) => {
        let result: { value: T } | null = null;
        queue.push({
          run: async () => {
            result = { value: await work() };
          },
          resolve: () =>
            result === null ? reject(new AppError('internal', 'A turn ended unrun.')) : resolve(result.value),
          reject,
        });
        running ??= drain();
      });
    },
    afterCommit: (action) => void afterwards.push(action),
    isFree: () => !open && !closed,
    close: async () => {
      closed = true;
      await running;
    },
  };
}

/** Returns the turns whose work is committed; all others are rejected. */
async function commitTogether(steps: TurnSteps, turns: Turn[]): Promise<Turn[]> {
  try {
    steps.begin();
  } catch (error) {
    for (const turn of turns) turn.reject(error);
    return [];
  }
  const done: Turn[] = [];
  try {
    for (const turn of turns) if (await runTurn(steps, turn)) done.push(turn);
    steps.commit();
    return done;
  } catch (error) {
    // A full disk may already have ended the transaction, and then there is nothing to roll back.
    try {
      steps.rollback();
    } catch {}
    for (const turn of turns) turn.reject(error);
    return [];
  }
}

async function settle(steps: TurnSteps, done: Turn[]): Promise<void> {
  try {
    await steps.sync();
    for (const turn of done) turn.resolve();
  } catch (error) {
    for (const turn of done) turn.reject(error);
  }
}

async function runTurn(steps: TurnSteps, turn: Turn): Promise<boolean> {
  steps.savepoint();
  try {
    await turn.run();
  } catch (error) {
    steps.undo();
    turn.reject(error);
    return false;
  }
  steps.release();
  return true;
}
