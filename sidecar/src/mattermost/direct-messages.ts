import { listenToSocket, type SocketOptions } from './socket.ts';
import { type DirectMessage, readDirectMessage } from './wire-events.ts';

/** Tells of every direct message that is written to the bot, until the signal. Messages of the moment when no one listens get no answer. */
export function listenForDirectMessages(
  options: SocketOptions,
  said: (message: DirectMessage) => void,
  signal: AbortSignal,
): Promise<void> {
  const heard = (data: unknown) => {
    const message = readDirectMessage(data);
    if (message !== null) said(message);
  };
  return listenToSocket(options, heard, signal);
}
