import type { FastifyInstance } from 'fastify';
import type { Json } from '../types.ts';
import { badRequest, errorEnvelope, GraphError } from './errors.ts';

interface Item {
  id: string;
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE' | 'PUT';
  url: string;
  headers?: Record<string, string>;
  body?: object;
  dependsOn?: string[];
}

interface Result {
  id: string;
  status: number;
  headers: Record<string, string>;
  body?: unknown;
}

const MOST = 20;

/** `POST /v1.0/$batch`: up to 20 requests, each answered, counted and throttled alone. */
export function batchRoute(server: FastifyInstance): void {
  server.post('/v1.0/$batch', async (request, reply) => {
    try {
      const items = readItems(request.body);
      const authorization = request.headers.authorization;
      const results = new Map<string, Promise<Result>>();
      for (const item of items) results.set(item.id, run(server, { item, authorization, results }));
      return { responses: await Promise.all(results.values()) };
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      const ids = { requestId: request.id, clientRequestId: request.id };
      return reply.code(error.status).send(errorEnvelope(error, ids));
    }
  });
}

function readItems(body: unknown): Item[] {
  const items = (body as { requests?: Item[] } | null)?.requests;
  if (!Array.isArray(items) || items.length === 0) throw badRequest('Invalid batch payload format.');
  if (items.length > MOST) throw badRequest(`Number of batch request steps exceeds the maximum value of ${MOST}.`);
  const seen = new Set<string>();
  for (const { id, method, url, dependsOn } of items) {
    if (typeof id !== 'string' || typeof method !== 'string' || typeof url !== 'string' || !url.startsWith('/')) {
      throw badRequest('Every request of a batch needs id, method and a relative url.');
    }
    if (seen.has(id)) throw badRequest(`Request Id ${id} has to be unique in a batch.`);
    if (dependsOn?.some((other) => !seen.has(other))) throw badRequest('dependsOn must name an earlier request.');
    seen.add(id);
  }
  return items;
}

async function run(
  server: FastifyInstance,
  batch: { item: Item; authorization: string | undefined; results: Map<string, Promise<Result>> },
): Promise<Result> {
  const { item, authorization, results } = batch;
  const before = await Promise.all((item.dependsOn ?? []).map((id) => results.get(id)));
  if (before.some((result) => (result?.status ?? 500) >= 400)) {
    const error = new GraphError(424, 'FailedDependency', { message: 'A request that this one depends on failed.' });
    return {
      id: item.id,
      status: 424,
      headers: {},
      body: errorEnvelope(error, { requestId: item.id, clientRequestId: item.id }),
    };
  }
  const answer = await server.inject({
    method: item.method,
    url: `/v1.0${item.url}`,
    headers: { ...(authorization === undefined ? {} : { authorization }), ...item.headers },
    ...(item.body === undefined ? {} : { payload: item.body }),
  });
  const type = String(answer.headers['content-type'] ?? '');
  const isJson = type.includes('json');
  const retryAfter = answer.headers['retry-after'];
  return {
    id: item.id,
    status: answer.statusCode,
    headers: { 'Content-Type': type, ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }) },
    ...(answer.payload === '' ? {} : { body: isJson ? (answer.json() as Json) : answer.rawPayload.toString('base64') }),
  };
}
