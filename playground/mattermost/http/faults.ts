import type { FastifyReply, FastifyRequest } from 'fastify';

export type FaultKind = 'lose_answer' | 'error' | 'throttle' | 'slow' | 'hang' | 'down';

/** One planned fault. `path` is `METHOD /path` below `/api/v4`, as route pattern or literally, `*` at the end for any rest. */
export interface Fault {
  kind: FaultKind;
  path: string;
  status: number;
  retryAfterSeconds: number;
  ms: number;
  /** How many requests it still hits. */
  times: number;
}

/** What goes wrong on purpose, and how many requests of each route came. */
export interface Faults {
  add(fault: Fault): void;
  clear(): void;
  list(): Fault[];
  /** Counts the request and uses up the faults it meets. */
  meet(request: FastifyRequest): Fault[];
  counts: Map<string, number>;
  isDown(): boolean;
}

/** No faults, nothing counted yet. */
export function createFaults(): Faults {
  let faults: Fault[] = [];
  const counts = new Map<string, number>();
  return {
    counts,
    add: (fault) => void faults.push(fault),
    clear: () => {
      faults = [];
    },
    list: () => faults,
    isDown: () => faults.some((fault) => fault.kind === 'down'),
    meet(request) {
      const route = routeName(request.method, request.routeOptions.url ?? request.url.split('?')[0] ?? '');
      counts.set(route, (counts.get(route) ?? 0) + 1);
      if (faults.length === 0) return [];
      const path = routeName(request.method, request.url.split('?')[0] ?? '');
      const met = faults.filter((fault) => hits(fault, route) || hits(fault, path));
      for (const fault of met) fault.times -= 1;
      faults = faults.filter((fault) => fault.times > 0);
      return met;
    },
  };
}

function routeName(method: string, url: string): string {
  return `${method} ${url.startsWith('/api/v4') ? url.slice('/api/v4'.length) : url}`;
}

function hits(fault: Fault, route: string): boolean {
  if (fault.kind === 'down') return true;
  return fault.path.endsWith('*') ? route.startsWith(fault.path.slice(0, -1)) : route === fault.path;
}

/** Cuts the connection of a request without an answer. */
export function cut(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack();
  request.raw.socket.destroy();
}
