import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { param } from '../http/body.ts';
import { cookie, findSession, isFromOwnPage } from '../http/session.ts';
import { serveOverPlugin } from '../plugins/process/http-stream.ts';
import { newId } from '../state/ids.ts';
import type { MattermostState } from '../state/state.ts';

/**
 * `/plugins/{id}/…`: open to everybody; who asks is said in `Mattermost-User-Id`, which nobody else can set.
 * Source: `server/channels/app/plugin_requests.go` of 11.2.
 */
export async function pluginHttpRoutes(app: FastifyInstance, state: MattermostState): Promise<void> {
  // No limit and no parsing: the body goes to the plugin as it comes.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  for (const path of ['/plugins/:plugin_id', '/plugins/:plugin_id/*'])
    app.all(path, { bodyLimit: 2 ** 40 }, (request, reply) => serve(state, request, reply));
}

async function serve(state: MattermostState, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const id = param(request, 'plugin_id').toLowerCase();
  const plugin = state.store.plugins.get(id);
  // A plugin without a server part has no such route at all.
  if (plugin?.state !== 2 || !plugin.manifest.server)
    return reply.code(404).type('text/plain; charset=utf-8').send('404 page not found\n');
  const connection = state.pluginHost.connection(id);
  if (connection === null) return reply.code(500).type('text/plain; charset=utf-8').send('500 internal server error\n');
  const { raw } = request;
  const { userId, sessionId, headers } = identify(state, request);
  const { path, query } = address(raw.url ?? '/', id);
  reply.hijack();
  const answer = reply.raw;
  try {
    await serveOverPlugin(
      connection,
      {
        method: request.method,
        url: `${path}${query === '' ? '' : `?${query}`}`,
        requestUri: raw.url ?? '',
        headers: canonical(headers, userId),
        host: raw.headers.host ?? '',
        remoteAddress: `${raw.socket.remoteAddress ?? ''}:${raw.socket.remotePort ?? 0}`,
        context: {
          RequestId: newId(),
          SessionId: sessionId,
          IPAddress: raw.socket.remoteAddress ?? '',
          UserAgent: raw.headers['user-agent'] ?? '',
          AcceptLanguage: raw.headers['accept-language'] ?? '',
        },
        body: raw,
      },
      {
        head: (status, fields) => {
          answer.writeHead(
            status,
            [...fields].flatMap(([name, list]) => list.flatMap((value) => [name, value])),
          );
        },
        write: async (bytes) => {
          if (answer.destroyed) throw new Error('write: broken pipe');
          if (!answer.write(bytes))
            await new Promise<void>((resolve) => answer.once('drain', resolve).once('close', resolve));
        },
        flush: () => answer.flushHeaders(),
      },
    );
    if (!answer.headersSent) answer.writeHead(200);
    answer.end();
  } catch {
    if (answer.headersSent) answer.destroy();
    else answer.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('500 internal server error\n');
  }
  return reply;
}

/** Whose request it is, and the headers without what would let a plugin take over the session. */
function identify(state: MattermostState, request: FastifyRequest) {
  const headers = { ...request.raw.headers };
  delete headers['mattermost-user-id'];
  delete headers['mattermost-plugin-id'];
  delete headers.referer;
  const bearer = /^(?:bearer|token) +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
  const fromCookie = bearer === undefined ? cookie(request.raw, 'MMAUTHTOKEN') : '';
  const fromQuery = new URL(request.raw.url ?? '/', 'http://x').searchParams.get('access_token') ?? '';
  const found = findSession(state, bearer ?? (fromCookie || fromQuery));
  if (bearer !== undefined && found) delete headers.authorization;
  if (headers.cookie !== undefined) {
    const rest = headers.cookie.split(';').filter((part) => part.trim().split('=')[0] !== 'MMAUTHTOKEN');
    if (rest.length > 0) headers.cookie = rest.join(';').trim();
    else delete headers.cookie;
  }
  const isForged =
    fromCookie !== '' && request.method !== 'GET' && found && !isFromOwnPage(state, request, found.session);
  if (!found || isForged) return { userId: '', sessionId: '', headers };
  return { userId: found.user.id, sessionId: found.session.id, headers };
}

/** The address that the plugin sees: without its prefix, the query encoded anew with sorted keys and without `access_token`. */
function address(url: string, id: string): { path: string; query: string } {
  const [path = '', query = ''] = url.split('?', 2);
  const params = new URLSearchParams(query);
  params.delete('access_token');
  params.sort();
  return { path: path.slice(`/plugins/${id}`.length) || '/', query: params.toString() };
}

/** Go's header map: canonical names; `Host` and `Content-Length` of a chunked body are not in it. */
function canonical(headers: FastifyRequest['headers'], userId: string): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name === 'host' || name === 'transfer-encoding' || name === 'connection') continue;
    map.set(canonicalName(name), Array.isArray(value) ? value : [value]);
  }
  if (userId !== '') map.set('Mattermost-User-Id', [userId]);
  return map;
}

function canonicalName(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
