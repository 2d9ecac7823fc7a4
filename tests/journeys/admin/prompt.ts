import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** What a terminal shows while somebody types the password; `script` of util-linux is the terminal. */
export async function atPrompt(words: string[], env: Record<string, string>): Promise<string> {
  const line = [process.execPath, ...words].map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['-qec', line, '/dev/null'], { env: { PATH: process.env.PATH, ...env } });
  let shown = '';
  child.stdout.on('data', (chunk: Buffer) => {
    if (!shown.includes('Password of') && `${shown}${chunk}`.includes('Password of')) child.stdin.write('Password1!\r');
    shown += chunk.toString();
  });
  await once(child, 'close');
  return shown;
}
