import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** A process of ours that answers calls. */
export interface Child {
  pid: number;
  call<Result>(verb: string, argument?: unknown): Promise<Result>;
  close(): Promise<void>;
}

interface Call {
  id: number;
  verb: string;
  argument: unknown;
}

interface Answer {
  id: number;
  result?: unknown;
  error?: string;
}

/** Starts a file of this folder that calls `answerCalls`. What it prints goes where ours goes. */
export function startChild(file: string, environment: Record<string, string> = {}): Child {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    env: { ...process.env, ...environment },
    serialization: 'advanced',
  });
  const waiting = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  let calls = 0;
  child.on('message', ({ id, result, error }: Answer) => {
    const caller = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) caller?.resolve(result);
    else caller?.reject(new Error(`${file}: ${error}`));
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  void ended.then(() => {
    for (const { reject } of waiting.values()) reject(new Error(`${file} ended.`));
  });
  return {
    pid: child.pid ?? 0,
    call: <Result>(verb: string, argument?: unknown) =>
      new Promise<Result>((resolve, reject) => {
        const id = calls++;
        waiting.set(id, { resolve: resolve as (result: unknown) => void, reject });
        child.send({ id, verb, argument } satisfies Call);
      }),
    close: () => {
      end(child);
      return ended;
    },
  };
}

function end(child: ChildProcess): void {
  if (child.exitCode === null) child.kill('SIGKILL');
}

/** In the child: answers the parent's calls by name until the parent is gone. */
export function answerCalls(verbs: Record<string, (argument: never) => unknown>): void {
  process.on('message', async ({ id, verb, argument }: Call) => {
    const answer: Answer = { id };
    try {
      answer.result = await verbs[verb]?.(argument as never);
    } catch (error) {
      answer.error = error instanceof Error ? (error.stack ?? error.message) : String(error);
    }
    process.send?.(answer);
  });
  process.once('disconnect', () => process.exit());
}
