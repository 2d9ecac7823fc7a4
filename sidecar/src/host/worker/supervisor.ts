import type { EventEmitter } from 'node:events';
import type { Clock } from '../../core/time.ts';
import { MINUTE, SECOND } from '../../core/time.ts';
import type { HostApi } from '../protocol/host-api.ts';
import type { ApiCall, FromWorker, ToWorker } from './messages.ts';
import { createRelay, type Relay } from './relay.ts';

/** The part of node's `Worker` that is used; a test gives its own. */
export interface WorkerLike extends Pick<EventEmitter, 'on'> {
  postMessage(message: ToWorker): void;
  terminate(): Promise<number>;
}

export interface SupervisorOptions {
  /** Starts a worker with the service. */
  start(): WorkerLike;
  api: HostApi;
  clock: Clock;
  log(level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>): void;
  /** A line of the service's log. */
  onLogLine(line: string): void;
}

/** How the service fares; shown on the administrator's page. Times in Unix milliseconds. */
export interface ServiceState {
  state: 'starting' | 'running' | 'stopped';
  /** How often it was started anew after a failure. */
  restarts: number;
  lastFailure: { reason: string; at: number } | null;
}

export interface Supervisor {
  /** The service, when it takes requests. */
  relay(): Relay | null;
  state(): ServiceState;
  /** Starts a service with what `start` gives now, and ends the one before once the new one takes requests. */
  replace(): void;
  /** Ends the service: work in progress is finished or released, within `withinMs` milliseconds. */
  stop(withinMs: number): Promise<void>;
}

/** A service that ran so long had no fault in its start: the next wait is short again. */
const STEADY_MS = 5 * MINUTE;
const FIRST_WAIT_MS = SECOND;
const LONGEST_WAIT_MS = MINUTE;
const PING_EVERY_MS = 5 * SECOND;
/** A computation may take long, a service that does not answer at all for this time is taken for blocked. */
const BLOCKED_AFTER_MS = 30 * SECOND;
const REPLACED_MS = 10 * SECOND;

/**
 * Keeps one service running. A crash, an out-of-memory or a blocked loop ends a worker, never this process: Mattermost counts failures
 * of the process, and switches the plugin off at the third within an hour.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const { clock, log } = options;
  const state: ServiceState = { state: 'starting', restarts: 0, lastFailure: null };
  let current: Running | null = null;
  let next: Running | null = null;
  let failures = 0;
  let isStopping = false;

  function launch(): void {
    if (isStopping) return;
    const startedAt = clock.now();
    const running = run(options, {
      onReady: () => {
        if (next !== running) return;
        const before = current;
        current = running;
        next = null;
        state.state = 'running';
        void before?.stop(REPLACED_MS);
      },
      onGone: (reason) => {
        const mattered = running === current || running === next;
        if (running === current) current = null;
        if (running === next) next = null;
        if (mattered && !isStopping) restart(reason, clock.now() - startedAt);
      },
    });
    next = running;
    if (current === null) state.state = 'starting';
  }

  function restart(reason: string, ranMs: number): void {
    failures = ranMs >= STEADY_MS ? 1 : failures + 1;
    state.restarts++;
    state.lastFailure = { reason, at: clock.now() };
    if (current === null) state.state = 'starting';
    const waitMs = Math.min(FIRST_WAIT_MS * 2 ** (failures - 1), LONGEST_WAIT_MS);
    log('error', 'The service ended and is started anew.', { reason, inSeconds: waitMs / SECOND });
    void clock.sleep(waitMs).then(() => {
      if (next === null) launch();
    });
  }

  launch();
  return {
    relay: () => current?.relay ?? null,
    state: () => ({ ...state }),
    replace: () => {
      const superseded = next;
      launch();
      void superseded?.stop(REPLACED_MS);
    },
    stop: async (withinMs) => {
      isStopping = true;
      state.state = 'stopped';
      await Promise.all([current?.stop(withinMs), next?.stop(withinMs)]);
    },
  };
}

interface Running {
  relay: Relay;
  stop(withinMs: number): Promise<void>;
}

/** One worker from its start to its end. */
function run(
  { start, api, clock, onLogLine }: SupervisorOptions,
  { onReady, onGone }: { onReady(): void; onGone(reason: string): void },
): Running {
  const worker = start();
  const over = new AbortController();
  const gone = Promise.withResolvers<void>();
  const relay = createRelay((message) => worker.postMessage(message));

  function end(reason: string): void {
    if (over.signal.aborted) return;
    over.abort();
    relay.close();
    gone.resolve();
    onGone(reason);
  }

  worker.on('message', (message: FromWorker) => {
    if (message.kind === 'ready') {
      onReady();
      void watch();
    } else if (message.kind === 'log') onLogLine(message.line);
    else if (message.kind === 'api') void callApi(api, message, (reply) => worker.postMessage(reply));
    else relay.receive(message);
  });
  worker.on('error', (error: NodeJS.ErrnoException) => {
    const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    end(isMemory ? 'out of memory' : (error.stack ?? String(error)));
  });
  worker.on('exit', (code: number) => end(`exit ${code}`));

  /** Asks for a sign of life; without one the worker is ended. */
  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(PING_EVERY_MS, over.signal);
      const patience = new AbortController();
      const answered = relay.ping().then(
        () => true,
        () => true,
      );
      const late = clock.sleep(BLOCKED_AFTER_MS, AbortSignal.any([patience.signal, over.signal])).then(() => false);
      const isAlive = await Promise.race([answered, late]);
      patience.abort();
      if (!isAlive && !over.signal.aborted) {
        end(`no sign of life for ${BLOCKED_AFTER_MS / SECOND} seconds`);
        await worker.terminate();
      }
    }
  }

  return {
    relay,
    stop: async (withinMs) => {
      if (over.signal.aborted) return;
      worker.postMessage({ kind: 'stop' });
      await Promise.race([gone.promise, clock.sleep(withinMs, over.signal)]);
      await worker.terminate();
      end('stopped');
    },
  };
}

async function callApi(
  api: HostApi,
  { id, call }: { id: number; call: ApiCall },
  reply: (message: ToWorker) => void,
): Promise<void> {
  try {
    // The union of calls pairs each name with its own arguments; the compiler cannot follow that through the look-up.
    const method = api[call.name] as (...args: unknown[]) => Promise<unknown>;
    reply({ kind: 'result', id, value: await method(...call.args) });
  } catch (error) {
    reply({ kind: 'refusal', id, message: error instanceof Error ? error.message : String(error) });
  }
}
