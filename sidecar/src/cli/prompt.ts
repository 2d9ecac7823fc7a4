import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { AppError } from '../core/errors.ts';

/** Writes one line for a person. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Whether somebody sits there to be asked. */
export function isInteractive(): boolean {
  return process.stdin.isTTY === true && process.stdout.isTTY === true;
}

/** Asks for one line; `secret` is not shown while it is typed. Error: `config_invalid` when there is nobody to ask. */
export async function ask(question: string, option: string, { secret = false } = {}): Promise<string> {
  if (!isInteractive()) {
    throw new AppError('config_invalid', `${option} is missing.`, {
      remedy: `Give ${option}; without a terminal nothing can be asked.`,
    });
  }
  // Readline echoes what is typed into its output: a secret goes nowhere. It also ends the terminal's own echo, so the question comes after.
  const output = secret ? new Writable({ write: (_chunk, _encoding, done) => done() }) : process.stdout;
  const prompt = createInterface({ input: process.stdin, output, terminal: true });
  try {
    if (secret) process.stdout.write(`${question} `);
    return (await prompt.question(`${question} `)).trim();
  } finally {
    prompt.close();
    if (secret) print();
  }
}
