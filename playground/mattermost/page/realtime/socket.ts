import type { SocketEvent } from '../plugins/context.ts';

/** What the page wants to hear from the connection. */
export interface SocketListener {
  onEvent: (message: SocketEvent) => void;
  onOpen: (isReconnect: boolean) => void;
  onClose: () => void;
}

/** The client handed to plugin components as `webSocketClient`. */
export interface SocketClient {
  close: () => void;
  sendMessage: (action: string, data: object) => void;
  addMessageListener: (listener: (message: SocketEvent) => void) => void;
  removeMessageListener: (listener: (message: SocketEvent) => void) => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;

function isEvent(value: unknown): value is SocketEvent {
  return typeof value === 'object' && value !== null && typeof (value as { event?: unknown }).event === 'string';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Keeps a WebSocket to this origin open, signed in by cookie; waits twice as long after every failure. */
export function connectSocket(listener: SocketListener): SocketClient {
  const extra = new Set<(message: SocketEvent) => void>();
  let socket: WebSocket | null = null;
  let closed = false;
  let everOpen = false;
  let wait = FIRST_WAIT_MS;
  let seq = 1;

  function receive(event: MessageEvent<string>): void {
    const message = parsed(event.data);
    if (!isEvent(message)) return;
    listener.onEvent(message);
    for (const each of extra) each(message);
  }

  function open(): void {
    if (closed) return;
    const next = new WebSocket(`${window.location.origin.replace(/^http/, 'ws')}/api/v4/websocket`);
    socket = next;
    next.onmessage = receive;
    next.onopen = () => {
      wait = FIRST_WAIT_MS;
      listener.onOpen(everOpen);
      everOpen = true;
    };
    next.onclose = () => {
      if (closed) return;
      listener.onClose();
      window.setTimeout(open, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT_MS);
    };
  }

  open();
  return {
    close: () => {
      closed = true;
      socket?.close();
    },
    sendMessage: (action, data) => {
      socket?.send(JSON.stringify({ seq, action, data }));
      seq += 1;
    },
    addMessageListener: (each) => void extra.add(each),
    removeMessageListener: (each) => void extra.delete(each),
  };
}
