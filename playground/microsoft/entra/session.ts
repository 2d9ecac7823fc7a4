import type { FastifyReply, FastifyRequest } from 'fastify';

const COOKIE = 'small-microsoft-session';

/** Object id of the person with a session in this browser. */
export function readSession(request: FastifyRequest): string | null {
  const pairs = (request.headers.cookie ?? '').split(/;\s*/);
  const pair = pairs.find((text) => text.startsWith(`${COOKIE}=`));
  return pair?.slice(COOKIE.length + 1) || null;
}

/** Signs a browser in; null signs it out. */
export function writeSession(reply: FastifyReply, oid: string | null): void {
  const life = oid === null ? '; Max-Age=0' : '';
  reply.header('set-cookie', `${COOKIE}=${oid ?? ''}; Path=/; Secure; HttpOnly; SameSite=Lax${life}`);
}
