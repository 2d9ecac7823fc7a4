import { WebSocket } from 'undici';
import { backoffMs } from '../core/backoff.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import { HOUR, MINUTE, SECOND } from '../core/time.ts';

export interface SocketOptions {
  /** Where the sidecar reaches Mattermost; may end in a sub-path. */
  url: string;
  token: string;
  clock: Clock;
  log: Log;
}

const FIRST_PAUSE = 5 * SECOND;
const LONGEST_PAUSE = 5 * MINUTE;
/** A connection that died without a word is replaced after this long. */
const LIFETIME = HOUR;

/**
 * Listens to Mattermost's WebSocket as the bot and hands on every message as it came, until the signal. What is missed while the
 * connection is down is not made up for.
 */
export async function listenToSocket(
  options: SocketOptions,
  heard: (data: unknown) => void,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log } = options;
  for (let failures = 0; !signal.aborted; ) {
    const opened = await listenOnce(options, heard, signal);
    failures = opened ? 0 : failures + 1;
    if (signal.aborted) return;
    if (failures === 1) log.warn({}, 'The WebSocket of Mattermost cannot be opened; it is tried again.');
    const wait = { firstMs: FIRST_PAUSE, mostMs: LONGEST_PAUSE, retryAfterMs: undefined, random: 0 };
    await clock.sleep(backoffMs({ attempts: failures + 1, ...wait }), signal);
  }
}

/** One connection, until it ends. True when it had been open. */
async function listenOnce(
  { url, token, clock }: SocketOptions,
  heard: (data: unknown) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const address = `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/api/v4/websocket`;
  const socket = new WebSocket(address, { headers: { authorization: `Bearer ${token}` } });
  let opened = false;
  const end = new AbortController();
  socket.addEventListener('open', () => {
    opened = true;
  });
  socket.addEventListener('message', ({ data }) => heard(data));
  socket.addEventListener('close', () => end.abort());
  // `close` always follows.
  socket.addEventListener('error', () => {});
  await clock.sleep(LIFETIME, AbortSignal.any([signal, end.signal]));
  socket.close();
  return opened;
}
