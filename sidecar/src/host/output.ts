import { hostLogLine } from './log-lines.ts';

/** The two streams of a process; a test gives its own. */
export interface Output {
  stdout: NodeJS.WriteStream;
  stderr: NodeJS.WriteStream;
}

/**
 * Makes every later write to either stream a log line. Standard output is forbidden ground after the handshake: what is written there is
 * thrown away or, beyond 64 KiB in a line, blocks this process. On standard error a foreign line of JSON with a wrong `@level` would end
 * Mattermost, so nothing but our own lines may reach it, whatever a library prints.
 * @returns writes one finished line.
 */
export function takeOutput({ stdout, stderr }: Output, now: () => number): (line: string) => void {
  const write = stderr.write.bind(stderr) as (text: string) => boolean;
  for (const [stream, level] of [
    [stdout, 'info'],
    [stderr, 'warn'],
  ] as const) {
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: unknown) => {
      const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
      if (text.trim() !== '') write(hostLogLine(level, text.trimEnd(), {}, now()));
      const callback = typeof encoding === 'function' ? encoding : done;
      if (typeof callback === 'function') process.nextTick(callback as () => void);
      return true;
    }) as typeof stream.write;
  }
  return (line) => void write(line);
}
