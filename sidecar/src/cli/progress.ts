import { Listr } from 'listr2';
import { isInteractive, print } from './prompt.ts';

/** One step of long work. */
export interface Step {
  title: string;
  /** `report` takes one line about what was done. */
  run(report: (line: string) => void): Promise<void>;
  /** The reported lines stay below the title on a terminal; otherwise only the last one shows, while the step runs. */
  keepsLines?: boolean;
}

/**
 * Runs the steps one after the other and stops at the first error. On a terminal a list shows which step runs, with its lines;
 * elsewhere the lines are printed as they come and the titles are not.
 */
export async function runSteps(steps: readonly Step[]): Promise<void> {
  if (!isInteractive()) {
    for (const { run } of steps) await run(print);
    return;
  }
  const tasks = steps.map(({ title, run, keepsLines = false }) => ({
    title,
    task: (_: unknown, task: { output: string }) =>
      run((line) => {
        task.output = line;
      }),
    rendererOptions: { persistentOutput: keepsLines, outputBar: keepsLines ? Number.POSITIVE_INFINITY : 1 },
  }));
  // The error is printed by the caller, and a stack of two copies would hide the remedy.
  await new Listr(tasks, { rendererOptions: { showErrorMessage: false } }).run();
}
