import { Readable } from 'node:stream';
import type { MessagePort } from 'node:worker_threads';
import type { FastifyInstance } from 'fastify';
import type { CommandAnswer, CommandCall } from '../protocol/connection.ts';
import type { HostApi } from '../protocol/host-api.ts';
import { type Credit, createCredit, createInbox, type Inbox } from './exchange.ts';
import {
  type ApiCall,
  BODY_WINDOW,
  type FromWorker,
  type HostEvent,
  type RequestHead,
  type ToWorker,
} from './messages.ts';

/** What the service does with what Mattermost brings. */
export interface ServiceHandlers {
  app: FastifyInstance;
  command(call: CommandCall): Promise<CommandAnswer>;
  /** Must not throw. */
  event(event: HostEvent): void;
  /** Resolves when everything is finished or given back. */
  stop(): Promise<void>;
}

/** The worker's end of the channel to the main thread. */
export interface HostChannel {
  api: HostApi;
  /** For pino: a line goes to Mattermost's log. */
  logDestination: { write(line: string): void };
  /** From here on requests are answered. */
  serve(handlers: ServiceHandlers): void;
}

export function openHostChannel(port: MessagePort): HostChannel {
  const post = (message: FromWorker) => port.postMessage(message);
  const calls = createApiCalls(post);
  const requests = new Map<number, { answered: Credit; body: Inbox<ToWorker>; abort: AbortController }>();
  let handlers: ServiceHandlers | undefined;

  async function answer(id: number, head: RequestHead, app: FastifyInstance): Promise<void> {
    const request = {
      answered: createCredit(BODY_WINDOW),
      body: createInbox<ToWorker>(),
      abort: new AbortController(),
    };
    requests.set(id, request);
    try {
      const response = await app.inject({
        method: head.method as 'GET',
        url: head.url,
        headers: flat(head.headers),
        remoteAddress: head.remoteAddress,
        payloadAsStream: true,
        signal: request.abort.signal,
        ...(head.hasBody ? { payload: Readable.from(bodyOf(id, request.body, post)) } : {}),
      });
      post({ kind: 'head', id, status: response.statusCode, headers: lists(response.headers) });
      for await (const chunk of response.stream()) await send(id, chunk as Buffer, request.answered);
      post({ kind: 'end', id, error: null });
    } catch (error) {
      if (!request.abort.signal.aborted) post({ kind: 'end', id, error: String(error) });
    } finally {
      requests.delete(id);
      request.answered.close();
    }
  }

  async function send(id: number, chunk: Buffer, credit: Credit): Promise<void> {
    for (let rest = chunk; rest.length > 0; ) {
      const share = await credit.take(rest.length);
      if (share === 0) return;
      post({ kind: 'chunk', id, bytes: Uint8Array.from(rest.subarray(0, share)) });
      rest = rest.subarray(share);
    }
  }

  function receive(message: ToWorker): void {
    switch (message.kind) {
      case 'request':
        if (handlers) void answer(message.id, message.head, handlers.app);
        return;
      case 'body':
      case 'body_end':
        requests.get(message.id)?.body.push(message);
        return;
      case 'credit':
        requests.get(message.id)?.answered.add(message.bytes);
        return;
      case 'abort': {
        const request = requests.get(message.id);
        request?.abort.abort();
        request?.answered.close();
        request?.body.fail(new Error('The client is gone.'));
        return;
      }
      case 'command':
        void handlers?.command(message.call).then((reply) => post({ kind: 'answer', id: message.id, answer: reply }));
        return;
      case 'event':
        handlers?.event(message.event);
        return;
      case 'ping':
        post({ kind: 'pong', id: message.id });
        return;
      case 'stop':
        void (handlers?.stop() ?? Promise.resolve()).finally(() => port.close());
        return;
      case 'result':
      case 'refusal':
        calls.settle(message);
    }
  }

  port.on('message', receive);
  return {
    api: calls.api,
    logDestination: { write: (line) => post({ kind: 'log', line }) },
    serve: (given) => {
      handlers = given;
      post({ kind: 'ready' });
    },
  };
}

/** The body as it comes; each piece read gives the main thread new credit. */
async function* bodyOf(
  id: number,
  inbox: Inbox<ToWorker>,
  post: (message: FromWorker) => void,
): AsyncGenerator<Buffer> {
  for (;;) {
    const message = await inbox.next();
    if (message.kind === 'body_end') {
      if (message.error !== null) throw new Error(message.error);
      return;
    }
    if (message.kind !== 'body') continue;
    post({ kind: 'body_credit', id, bytes: message.bytes.byteLength });
    yield Buffer.from(message.bytes.buffer, message.bytes.byteOffset, message.bytes.byteLength);
  }
}

/** Calls of Mattermost's API, made by the main thread. */
function createApiCalls(post: (message: FromWorker) => void) {
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let nextId = 1;
  const call = (name: ApiCall['name'], args: unknown[]): Promise<unknown> => {
    const id = nextId;
    nextId += 2;
    const outcome = Promise.withResolvers<unknown>();
    pending.set(id, outcome);
    post({ kind: 'api', id, call: { name, args } as ApiCall });
    return outcome.promise;
  };
  return {
    api: new Proxy({} as HostApi, {
      get: (_, name) =>
        typeof name === 'string' ? (...args: unknown[]) => call(name as ApiCall['name'], args) : undefined,
    }),
    settle: (message: Extract<ToWorker, { kind: 'result' | 'refusal' }>) => {
      const outcome = pending.get(message.id);
      pending.delete(message.id);
      if (message.kind === 'result') outcome?.resolve(asBuffer(message.value));
      else outcome?.reject(new Error(message.message));
    },
  };
}

/** A Buffer comes out of a message as the plain bytes that it is. */
function asBuffer(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}

/** Node's form: one header of a name is a string. */
function flat(headers: Record<string, string[]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, list]) => [name, list.length === 1 ? (list[0] ?? '') : list]),
  );
}

function lists(headers: Record<string, number | string | string[] | undefined>): Record<string, string[]> {
  const given = Object.entries(headers).filter(([name, value]) => value !== undefined && name !== 'connection');
  return Object.fromEntries(given.map(([name, value]) => [name, Array.isArray(value) ? value : [String(value)]]));
}
