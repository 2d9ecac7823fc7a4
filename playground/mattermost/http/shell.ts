import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { MattermostState } from '../state/state.ts';
import { ApiError } from './errors.ts';

const DIST = fileURLToPath(new URL('../dist/', import.meta.url));

const TYPES: Record<string, string> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** The content type for a file name. */
export function contentType(name: string): string {
  return TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream';
}

const SHELL = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="script-src 'self' js.stripe.com/v3">
<title>Mattermost</title>
<link rel="stylesheet" href="/static/main.css">
</head>
<body>
<div id="root"></div>
<script defer src="/static/main.js"></script>
</body>
</html>
`;

/** The one HTML page for every path that is not the API's, and the files of the built web page under `/static/`. */
export function shellRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/static/*', async (request, reply) => {
    const name = (request.params as { '*': string })['*'];
    return sendStatic(reply, normalize(`/${name}`));
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const isPage = (request.method === 'GET' || request.method === 'HEAD') && !/^\/(plugins|static|hooks)\//.test(path);
    if (!isPage)
      throw new ApiError(404, 'api.context.404.app_error', { message: 'Sorry, we could not find the page.' });
    sendShell(state, reply);
  });
}

/** Answers with the page, under the Content-Security-Policy and framing rule of a Mattermost page. */
export function sendShell(state: MattermostState, reply: FastifyReply): void {
  const ancestors = `'self' ${state.config.ServiceSettings.FrameAncestors}`.trim();
  void reply
    .header('x-frame-options', 'SAMEORIGIN')
    .header('content-security-policy', `frame-ancestors ${ancestors}; script-src 'self'`)
    .header('cache-control', 'no-cache, max-age=31556926, public')
    .type('text/html; charset=utf-8')
    .send(SHELL);
}

async function sendStatic(reply: FastifyReply, path: string): Promise<FastifyReply> {
  const bytes = await readFile(join(DIST, path)).catch(() => undefined);
  if (!bytes) return reply.code(404).type('text/plain').send('404 page not found');
  return reply.header('cache-control', 'no-cache').type(contentType(path)).send(bytes);
}
