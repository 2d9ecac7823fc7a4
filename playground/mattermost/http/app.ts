import { STATUS_CODES } from 'node:http';
import multipart from '@fastify/multipart';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { newId } from '../state/ids.ts';
import type { MattermostState } from '../state/state.ts';
import { ApiError } from './errors.ts';
import { cut } from './faults.ts';
import { createRateLimit } from './rate-limit.ts';
import { clearCookies } from './session.ts';

/** `X-Version-Id`: version, build, hash of the configuration, licensed or not. */
const VERSION_ID = '11.2.0.11.2.0.0d5c1a2b3e4f60718293a4b5c6d7e8f9.false';

declare module 'fastify' {
  interface FastifyRequest {
    /** Milliseconds that a fault makes this request wait before anything is done. */
    slowMs: number;
    /** The work is done, but the connection is cut instead of answered. */
    losesAnswer: boolean;
  }
  interface FastifyContextConfig {
    /** The handler itself waits `slowMs`, at the moment that matters. */
    waitsItself?: boolean;
  }
}

/** The Fastify instance with what every answer has in common: headers, errors, faults, counting. */
export async function createApp(state: MattermostState): Promise<FastifyInstance> {
  const settings = state.config;
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: settings.ServiceSettings.MaximumPayloadSizeBytes,
    genReqId: newId,
    routerOptions: { maxParamLength: 500, ignoreTrailingSlash: true },
  });
  await app.register(multipart, { limits: { fileSize: settings.FileSettings.MaxFileSize } });
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.decorateRequest('slowMs', 0);
  app.decorateRequest('losesAnswer', false);
  addFaults(app, state);
  addHeaders(app);
  app.setErrorHandler((error, request, reply) => sendError(state, error, { request, reply }));
  return app;
}

function addFaults(app: FastifyInstance, state: MattermostState): void {
  const limit = createRateLimit(state);
  app.addHook('onRequest', (request, reply, done) => {
    if (request.url.startsWith('/playground')) return done();
    if (!limit(request, reply)) return;
    for (const fault of state.faults.meet(request)) {
      if (fault.kind === 'down') return cut(request, reply);
      if (fault.kind === 'hang') return void reply.hijack();
      if (fault.kind === 'throttle') return sendThrottled(reply, fault.retryAfterSeconds);
      if (fault.kind === 'error')
        return done(new ApiError(fault.status, 'playground.fault.app_error', { message: 'A planned fault.' }));
      if (fault.kind === 'slow') request.slowMs = fault.ms;
      if (fault.kind === 'lose_answer') request.losesAnswer = true;
    }
    done();
  });
  app.addHook('preHandler', (request, _reply, done) => {
    if (request.slowMs === 0 || request.routeOptions.config.waitsItself) return done();
    setTimeout(done, request.slowMs);
  });
}

/** Mattermost's answer over the limit: plain text, and the seconds to wait. */
export function sendThrottled(reply: FastifyReply, retryAfterSeconds: number): void {
  void reply
    .code(429)
    .header('retry-after', String(retryAfterSeconds))
    .header('x-ratelimit-limit', '101')
    .header('x-ratelimit-remaining', '0')
    .header('x-ratelimit-reset', String(retryAfterSeconds))
    .type('text/plain')
    .send('limit exceeded');
}

function addHeaders(app: FastifyInstance): void {
  app.addHook('onSend', async (request, reply, payload) => {
    if (request.losesAnswer) request.raw.socket.destroy();
    reply.header('x-request-id', request.id);
    reply.header('x-version-id', VERSION_ID);
    reply.header('referrer-policy', 'no-referrer');
    reply.header('x-content-type-options', 'nosniff');
    reply.header('permissions-policy', '');
    // Mattermost names no charset, and its own client compares the type literally.
    const type = reply.getHeader('content-type');
    if (type === 'application/json; charset=utf-8') reply.header('content-type', 'application/json');
    return payload;
  });
}

function sendError(state: MattermostState, error: unknown, on: { request: FastifyRequest; reply: FastifyReply }): void {
  const known = toApiError(error);
  if (known.clearCookies) clearCookies(on.reply);
  void on.reply.code(known.status).send({
    id: known.id,
    message: known.message,
    detailed_error: state.config.ServiceSettings.EnableDeveloper ? known.detail : '',
    request_id: on.request.id,
    status_code: known.status,
  });
}

function toApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  const status = statusOf(error);
  if (status === 413) {
    return new ApiError(413, 'api.context.request_body_too_large.app_error', { message: 'Request body is too large.' });
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new ApiError(status, 'api.context.error.app_error', { message: STATUS_CODES[status] ?? 'Error', detail });
}

function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  return typeof status === 'number' ? status : 500;
}
