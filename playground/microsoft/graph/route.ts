import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MovableClock } from '../clock.ts';
import type { Grants } from '../entra/grants.ts';
import type { Facts, Faults } from '../faults.ts';
import { Problem } from '../problem.ts';
import type { Requests } from '../requests.ts';
import type { AccessToken } from '../types.ts';
import { authenticate, type Permissions, requirePermission } from './access.ts';
import { badRequest, errorEnvelope, GraphError, notFound } from './errors.ts';
import { type Limiter, type RouteLimits, tooMany } from './limits.ts';

/** A Graph request whose token is valid and has the permission. */
export interface Call {
  params: Record<string, string>;
  query: Record<string, string | undefined>;
  body: unknown;
  token: AccessToken;
  /** Values of the `Prefer` header. */
  prefers(value: string): boolean;
}

/** What Graph answers: JSON, or bytes with their type. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  type?: string;
}

/** One Graph operation. `names` are what faults call it, `count` how it is counted. */
export interface GraphRoute {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  names: readonly string[];
  needs: Permissions;
  limits?: RouteLimits;
  answer(call: Call): Answer | Promise<Answer>;
}

/** What every Graph operation needs around it. */
export interface GraphDeps {
  clock: MovableClock;
  grants: Grants;
  faults: Faults;
  requests: Requests;
  limiter: Limiter | null;
}

/** Adds operations under `/v1.0`, with ids, error shapes, faults, limits and permission checks. */
export function addRoutes(server: FastifyInstance, deps: GraphDeps, routes: readonly GraphRoute[]): void {
  for (const route of routes) {
    server.route({
      method: route.method,
      url: `/v1.0${route.path}`,
      handler: (request, reply) => handle(deps, route, { request, reply }),
    });
  }
}

/** Answers 404 in Graph's shape to every other path under `/v1.0`. */
export function unknownRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const ids = identify(request, reply);
  const error = new GraphError(404, 'UnknownError', {
    message: `Resource not found for the segment '${request.url}'.`,
  });
  return reply.code(404).send(errorEnvelope(error, ids));
}

async function handle(
  deps: GraphDeps,
  route: GraphRoute,
  { request, reply }: { request: FastifyRequest; reply: FastifyReply },
): Promise<FastifyReply> {
  const ids = identify(request, reply);
  const count = `${route.method} ${route.path.replace(/:(\w+)/g, '{$1}')}`;
  const facts: Facts = { operations: [...route.names, count], values: request.params as Record<string, string> };
  try {
    await planned(deps.faults, facts);
    const token = authenticate(request.headers.authorization, deps);
    const params = request.params as Record<string, string>;
    if (route.limits) deps.limiter?.(count, route.limits, { tid: token.tid, chatId: params.chatId, oid: token.oid });
    requirePermission(token, route.needs);
    const query = toQuery(request.query);
    const prefers = (value: string) => String(request.headers.prefer ?? '').includes(value);
    const {
      status = 200,
      headers = {},
      body,
      type,
    } = await route.answer({ params, query, body: request.body, token, prefers });
    reply.code(status).headers(headers);
    if (type !== undefined) reply.type(type);
    return reply.send(body);
  } catch (thrown) {
    const error = toGraphError(thrown);
    return reply.code(error.status).headers(error.headers).send(errorEnvelope(error, ids));
  } finally {
    deps.requests.count(count, reply.statusCode);
  }
}

function identify(request: FastifyRequest, reply: FastifyReply): { requestId: string; clientRequestId: string } {
  const requestId = randomUUID();
  const given = request.headers['client-request-id'];
  const clientRequestId = typeof given === 'string' ? given : requestId;
  reply.headers({ 'request-id': requestId, 'client-request-id': clientRequestId });
  return { requestId, clientRequestId };
}

async function planned(faults: Faults, facts: Facts): Promise<void> {
  const delay = faults.take('delay', facts);
  if (delay) await new Promise((resolve) => setTimeout(resolve, Number(delay.ms)));
  const throttle = faults.take('throttle', facts);
  if (throttle) throw tooMany(Number(throttle.retryAfterSeconds));
  const error = faults.take('error', facts);
  if (!error) return;
  const { code = 'UnknownError', message = 'The service failed on purpose.' } = (error.body ?? {}) as Record<
    string,
    string
  >;
  throw new GraphError(Number(error.status), code, { message });
}

function toQuery(query: unknown): Record<string, string | undefined> {
  for (const [name, value] of Object.entries(query as object)) {
    if (typeof value !== 'string') throw badRequest(`Query option '${name}' was specified more than once.`);
  }
  return query as Record<string, string | undefined>;
}

function toGraphError(thrown: unknown): GraphError {
  if (thrown instanceof GraphError) return thrown;
  if (thrown instanceof Problem && thrown.status === 404) return notFound(thrown.message);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new GraphError(500, 'InternalServerError', { message });
}
