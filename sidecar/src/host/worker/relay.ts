import type { CommandAnswer, CommandCall } from '../protocol/connection.ts';
import type { HostRequest, HostResponse } from '../protocol/serve-http.ts';
import { createCredit, createInbox, type Inbox } from './exchange.ts';
import { BODY_WINDOW, type FromWorker, type HostEvent, type ToWorker } from './messages.ts';

/** The main thread's end of the channel to one worker. */
export interface Relay {
  /** @throws {WorkerGone} when the worker ends before the answer has begun; later the answer breaks off. */
  http(request: HostRequest, response: HostResponse): Promise<void>;
  /** @throws {WorkerGone} */
  command(call: CommandCall): Promise<CommandAnswer>;
  event(event: HostEvent): void;
  /** @throws {WorkerGone} */
  ping(): Promise<void>;
  /** A message of the worker that belongs to an exchange. */
  receive(message: FromWorker): void;
  /** Ends every exchange: the worker is gone. */
  close(): void;
}

/** The service ended while something was asked of it. */
export class WorkerGone extends Error {
  override name = 'WorkerGone';
  /** Whether a part of the answer has been sent. */
  readonly isAnswered: boolean;
  constructor(isAnswered: boolean) {
    super('The service ended while it answered.');
    this.isAnswered = isAnswered;
  }
}

/** Headers by which a request could pretend to be what only this process may say. */
const RESERVED = /^x-msteams-/;

export function createRelay(post: (message: ToWorker) => void): Relay {
  const exchanges = new Map<number, Inbox<FromWorker>>();
  let nextId = 0;
  let isClosed = false;

  function begin(): { id: number; inbox: Inbox<FromWorker>; [Symbol.dispose](): void } {
    if (isClosed) throw new WorkerGone(false);
    const id = nextId;
    nextId += 2;
    const inbox = createInbox<FromWorker>();
    exchanges.set(id, inbox);
    return { id, inbox, [Symbol.dispose]: () => void exchanges.delete(id) };
  }

  async function http(request: HostRequest, response: HostResponse): Promise<void> {
    using exchange = begin();
    const { id, inbox } = exchange;
    const upload = createCredit(BODY_WINDOW);
    let isAnswered = false;
    post({ kind: 'request', id, head: headOf(request) });
    void sendBody(id, request.body, upload);
    try {
      for (;;) {
        const message = await inbox.next();
        if (message.kind === 'body_credit') upload.add(message.bytes);
        if (message.kind === 'head') {
          isAnswered = true;
          await response.head(message.status, message.headers);
        }
        if (message.kind === 'chunk') {
          await response.write(Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength));
          post({ kind: 'credit', id, bytes: message.bytes.byteLength });
        }
        if (message.kind === 'end') {
          if (message.error !== null) throw new Error(message.error);
          return;
        }
      }
    } catch (error) {
      if (error instanceof WorkerGone) throw new WorkerGone(isAnswered);
      // The client went away, or the answer broke: the service need not go on.
      post({ kind: 'abort', id });
      throw error;
    } finally {
      upload.close();
    }
  }

  async function sendBody(
    id: number,
    body: HostRequest['body'],
    credit: ReturnType<typeof createCredit>,
  ): Promise<void> {
    try {
      for await (const chunk of body ?? []) {
        for (let rest = chunk; rest.length > 0; ) {
          const share = await credit.take(rest.length);
          if (share === 0) return;
          post({ kind: 'body', id, bytes: Uint8Array.from(rest.subarray(0, share)) });
          rest = rest.subarray(share);
        }
      }
      post({ kind: 'body_end', id, error: null });
    } catch (error) {
      post({ kind: 'body_end', id, error: String(error) });
    }
  }

  async function ask(message: (id: number) => ToWorker): Promise<FromWorker> {
    using exchange = begin();
    post(message(exchange.id));
    return await exchange.inbox.next();
  }

  return {
    http,
    command: async (call) => {
      const reply = await ask((id) => ({ kind: 'command', id, call }));
      if (reply.kind !== 'answer') throw new WorkerGone(false);
      return reply.answer;
    },
    event: (event) => post({ kind: 'event', event }),
    ping: async () => void (await ask((id) => ({ kind: 'ping', id }))),
    receive: (message) => {
      if ('id' in message) exchanges.get(message.id)?.push(message);
    },
    close: () => {
      isClosed = true;
      for (const inbox of exchanges.values()) inbox.fail(new WorkerGone(false));
    },
  };
}

function headOf({ method, url, headers, remoteAddress, sessionId, requestId, host, body }: HostRequest) {
  const passed = Object.entries(headers).filter(([name]) => !RESERVED.test(name));
  return {
    method,
    url,
    headers: {
      ...Object.fromEntries(passed),
      host: [host],
      'x-msteams-session': [sessionId],
      'x-msteams-request': [requestId],
    },
    remoteAddress,
    hasBody: body !== null,
  };
}
