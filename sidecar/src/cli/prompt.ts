import { isCancel, password, text } from '@clack/prompts';
import { AppError } from '../core/errors.ts';

/** Writes one line to standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Whether standard input and output are a terminal. */
export function isInteractive(): boolean {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) return false;
  // A terminal of unknown size (`docker exec -t`, `script`) reports 0 columns, and prompts would wrap after every character.
  if (process.stdout.columns === 0) process.stdout.columns = 80;
  return true;
}

/**
 * Asks for one line; a secret is masked while it is typed. `option` names the way to give the answer without a terminal.
 * @throws {AppError} config_invalid without a terminal, or when the prompt is canceled or the terminal closed
 */
export async function ask(question: string, option: string, { secret = false } = {}): Promise<string> {
  if (!isInteractive()) {
    throw new AppError('config_invalid', `${option} is missing.`, {
      remedy: `Give ${option}; without a terminal nothing can be asked.`,
    });
  }
  const hangUp = new AbortController();
  process.stdin.once('end', () => hangUp.abort());
  const prompt = { message: question, signal: hangUp.signal };
  const answer = await (secret ? password(prompt) : text(prompt));
  if (isCancel(answer)) throw new AppError('config_invalid', 'Canceled.');
  return (answer ?? '').trim();
}
