import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HTTP_STATUS } from '../core/errors.ts';
import type { Language } from '../core/i18n.ts';
import { languageOf } from '../core/i18n.ts';
import { SIGN_IN_TTL_MS } from '../core/secrets.ts';
import { MINUTE } from '../core/time.ts';
import type { Page } from './pages/layout.ts';
import type { PageContext } from './pages/pages.ts';
import {
  claimedPage,
  confirmPage,
  consentedPage,
  consentPage,
  donePage,
  failurePage,
  invitePage,
} from './pages/pages.ts';
import type { ConnectFlow } from './sign-in/flow.ts';
import type { Claimed, Connected, Consented, Departure, Failure } from './sign-in/result.ts';
import { REASON_CODE } from './sign-in/result.ts';

export interface ConnectRoutesDeps {
  flow: Omit<ConnectFlow, 'startLink' | 'confirmClaim' | 'declineClaim'>;
  pages: PageContext;
}

/** `__Host-` makes the browser refuse it from other hosts and without TLS. Lax, because the way back from Microsoft is a cross-site link. */
const COOKIE = '__Host-msteams-sign-in';
const BODY_LIMIT = 16 * 1024;
/** No HEAD on the ways back: a look at the address must not consume the state. */
const ONE_LOOK = { exposeHeadRoute: false };
/**
 * Requests per address and minute (the default key of @fastify/rate-limit) for the routes that store a pending step before anybody has
 * proved anything. High, because a whole company may come from one address.
 */
const LIMITED = { config: { rateLimit: { max: 300, timeWindow: MINUTE } } };

/** The pages a person meets on the way to Microsoft and back. HTTP only; what happens is decided in flow.ts. */
export async function connectRoutes(app: FastifyInstance, { flow, pages }: ConnectRoutesDeps): Promise<void> {
  await app.register(formbody, { bodyLimit: BODY_LIMIT });
  const fail = (request: FastifyRequest, reply: FastifyReply, failure: Failure) =>
    send(reply.status(HTTP_STATUS[REASON_CODE[failure.reason]]), failurePage(failure, browserLanguage(request), pages));
  const goOn = (request: FastifyRequest, reply: FastifyReply, outcome: Departure | Failure) =>
    outcome.kind === 'failed' ? fail(request, reply, outcome) : depart(reply, outcome);

  app.get('/connect', async (request, reply) => {
    const link = text(request.query, 'link');
    const outcome = await (link === null ? flow.invite() : flow.page(link));
    if (outcome.kind === 'failed') return fail(request, reply, outcome);
    if (outcome.kind === 'invite') return send(reply, invitePage(browserLanguage(request), pages));
    return send(reply, confirmPage(outcome, link ?? '', pages));
  });

  app.post('/connect', LIMITED, async (request, reply) => {
    if (isForeign(request)) return fail(request, reply, FOREIGN);
    const isFirst = text(request.body, 'start') === 'first';
    return goOn(request, reply, await (isFirst ? flow.beginFirst() : flow.begin(text(request.body, 'link') ?? '')));
  });

  app.get('/admin/consent', async (request, reply) => send(reply, consentPage(browserLanguage(request), pages)));

  app.post('/admin/consent', LIMITED, async (request, reply) =>
    isForeign(request) ? fail(request, reply, FOREIGN) : goOn(request, reply, await flow.beginConsent()),
  );

  app.get('/oauth/mattermost', ONE_LOOK, async (request, reply) => {
    const [state, code] = [text(request.query, 'state'), text(request.query, 'code')];
    const browserSecret = readCookie(request.headers.cookie);
    return goOn(request, reply, await flow.proveSession({ state, code, browserSecret }));
  });

  app.get('/oauth/callback', ONE_LOOK, async (request, reply) => {
    const outcome = await flow.complete({
      state: text(request.query, 'state'),
      code: text(request.query, 'code'),
      error: text(request.query, 'error'),
      errorDescription: text(request.query, 'error_description'),
      tenant: text(request.query, 'tenant'),
      browserSecret: readCookie(request.headers.cookie),
    });
    if (outcome.kind === 'depart' || outcome.kind === 'failed') return goOn(request, reply, outcome);
    return send(reply.header('set-cookie', cookie('', 0)), lastPage(outcome, browserLanguage(request), pages));
  });
}

function lastPage(outcome: Connected | Claimed | Consented, language: Language, pages: PageContext): Page {
  if (outcome.kind === 'claimed') return claimedPage(outcome, language, pages);
  return outcome.kind === 'consented' ? consentedPage(outcome, language, pages) : donePage(outcome, pages);
}

const FOREIGN: Failure = { kind: 'failed', reason: 'foreign_request', language: null, values: {}, retryUrl: null };

/** Another site's form. Browsers that do not send the header (before 2023) pass; the link itself is still needed. */
function isForeign(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
}

function depart(reply: FastifyReply, { url, browserSecret }: Departure): FastifyReply {
  return reply
    .header('set-cookie', cookie(browserSecret, SIGN_IN_TTL_MS / 1000))
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .redirect(url, 303);
}

function send(reply: FastifyReply, { html, contentSecurityPolicy }: Page): FastifyReply {
  return reply
    .header('content-security-policy', contentSecurityPolicy)
    .header('referrer-policy', 'no-referrer')
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(html);
}

function cookie(value: string, maxAgeSeconds: number): string {
  return `${COOKIE}=${value}; Max-Age=${maxAgeSeconds}; Path=/; HttpOnly; Secure; SameSite=Lax`;
}

function readCookie(header: string | undefined): string | null {
  const pairs = (header ?? '').split(';').map((pair) => pair.trim().split('='));
  return pairs.find(([name]) => name === COOKIE)?.[1] ?? null;
}

/** One parameter, once; a parameter sent twice counts as missing. */
function text(source: unknown, name: string): string | null {
  const value = typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

function browserLanguage(request: FastifyRequest): Language {
  return languageOf(request.headers['accept-language'] ?? 'en');
}
