import { readDeactivation } from './client/wire.ts';
import { listenToSocket, type SocketOptions } from './socket.ts';

/**
 * Tells of every account that was deactivated, until the signal. What is missed while the connection is down is not made up for: callers
 * look through all accounts now and then.
 */
export function listenForDeactivations(
  options: SocketOptions,
  gone: (userId: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const heard = (data: unknown) => {
    const userId = readDeactivation(data);
    if (userId !== null) gone(userId);
  };
  return listenToSocket(options, heard, signal);
}
