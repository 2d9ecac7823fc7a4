import type { FastifyReply } from 'fastify';
import { postBack } from '../html/sign-in.ts';

/** Sends the browser back to the app with the answer, by the response mode of the request. */
export function answerApp(
  reply: FastifyReply,
  to: { redirectUri: string; responseMode: string },
  fields: Record<string, string | undefined>,
): FastifyReply {
  const present = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  if (to.responseMode === 'form_post') return sendPage(reply, postBack(to.redirectUri, Object.fromEntries(present)));
  return reply.redirect(answerUrl(to, Object.fromEntries(present)), 302);
}

/** The address that carries an answer in its query, or in its fragment. */
export function answerUrl(to: { redirectUri: string; responseMode: string }, fields: Record<string, string>): string {
  const url = new URL(to.redirectUri);
  if (to.responseMode === 'fragment') {
    url.hash = new URLSearchParams(fields).toString();
    return url.href;
  }
  for (const [name, value] of Object.entries(fields)) url.searchParams.append(name, value);
  return url.href;
}

/** Sends a whole HTML page. */
export function sendPage(reply: FastifyReply, page: string, status = 200): FastifyReply {
  return reply.code(status).type('text/html; charset=utf-8').header('cache-control', 'no-store').send(page);
}
