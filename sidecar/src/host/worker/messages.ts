import type { CommandAnswer, CommandCall, HookPost } from '../protocol/connection.ts';
import type { HostApi } from '../protocol/host-api.ts';

/**
 * What the main thread of the plugin process and the worker with the service say to each other. Every exchange has a number, chosen by
 * the side that begins it: even numbers by the main thread, odd ones by the worker.
 */

/** A request without its body. Header names are in lower case; `mattermost-user-id` is Mattermost's own. */
export interface RequestHead {
  method: string;
  url: string;
  headers: Record<string, string[]>;
  remoteAddress: string;
  hasBody: boolean;
}

/** What Mattermost told by a hook. */
export type HostEvent = { kind: 'post'; post: HookPost } | { kind: 'user_deactivated'; userId: string };

export type ToWorker =
  | { kind: 'request'; id: number; head: RequestHead }
  /** A piece of a request's body. */
  | { kind: 'body'; id: number; bytes: Uint8Array }
  /** The body is complete, or broke off. */
  | { kind: 'body_end'; id: number; error: string | null }
  /** So many more bytes of the answer may be sent. */
  | { kind: 'credit'; id: number; bytes: number }
  /** The client is gone: nothing more of this request is wanted. */
  | { kind: 'abort'; id: number }
  | { kind: 'command'; id: number; call: CommandCall }
  | { kind: 'event'; event: HostEvent }
  | { kind: 'ping'; id: number }
  /** Finish the work in progress, release the rest, end. */
  | { kind: 'stop' }
  | Result;

export type FromWorker =
  /** The service takes requests. */
  | { kind: 'ready' }
  | { kind: 'head'; id: number; status: number; headers: Record<string, string[]> }
  | { kind: 'chunk'; id: number; bytes: Uint8Array }
  | { kind: 'end'; id: number; error: string | null }
  /** So many more bytes of the request's body may be sent. */
  | { kind: 'body_credit'; id: number; bytes: number }
  | { kind: 'answer'; id: number; answer: CommandAnswer }
  | { kind: 'pong'; id: number }
  /** One line of the service's log, as pino writes it. */
  | { kind: 'log'; line: string }
  | { kind: 'api'; id: number; call: ApiCall };

/** The answer to a call of Mattermost's API. */
export type Result = { kind: 'result'; id: number; value: unknown } | { kind: 'refusal'; id: number; message: string };

/** A call of Mattermost's API that the worker wants made. */
export type ApiCall = {
  [Name in keyof HostApi]: { name: Name; args: Parameters<HostApi[Name]> };
}[keyof HostApi];

/** Bytes of a body that may be on their way between the threads. */
export const BODY_WINDOW = 256 * 1024;
