import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { HTTP_STATUS } from '../core/errors.ts';
import { SIGN_IN_TTL_MS } from '../core/secrets.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import type { Page } from './pages/layout.ts';
import type { PageContext } from './pages/pages.ts';
import {
  accountFirstPage,
  awaitingConfirmationPage,
  confirmPage,
  consentedPage,
  consentPage,
  donePage,
  failurePage,
} from './pages/pages.ts';
import type { SignInFlow } from './sign-in/flow.ts';
import type { AwaitingConfirmation, Connected, Consented, Redirect, SignInFailure } from './sign-in/result.ts';
import { REASON_CODE, signInFailure } from './sign-in/result.ts';

export interface ConnectRoutesDeps {
  flow: Omit<SignInFlow, 'startLink' | 'confirmAccountFirst' | 'declineAccountFirst'>;
  pages: PageContext;
}

/**
 * Binds a pending step to the browser. The prefix makes browsers refuse the cookie from other hosts and over plain HTTP
 * (https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes). Not `Strict`: the redirect from Microsoft is
 * a cross-site navigation.
 */
const COOKIE = '__Host-msteams-sign-in';
const COOKIE_OPTIONS = { path: '/', httpOnly: true, secure: true, sameSite: 'lax' } as const;
const BODY_LIMIT = 16 * 1024;
/** No HEAD on the callbacks: a request that only looks at the address must not consume the state. */
const CALLBACK = { exposeHeadRoute: false };
/**
 * Requests per client address and minute, the default key of @fastify/rate-limit, for the routes that store a pending step for an
 * unauthenticated caller. High, because all users of a company may share one address.
 */
const LIMITED = { config: { rateLimit: { max: 300, timeWindow: MINUTE } } };

/**
 * The pages of the sign-in and its two callbacks. HTTP only: the decisions are in sign-in/flow.ts. The server provides `@fastify/cookie`
 * and `@fastify/rate-limit`.
 */
export async function connectRoutes(app: FastifyInstance, { flow, pages }: ConnectRoutesDeps): Promise<void> {
  await app.register(formbody, { bodyLimit: BODY_LIMIT });
  const fail = (request: FastifyRequest, reply: FastifyReply, failure: SignInFailure) =>
    send(reply.status(HTTP_STATUS[REASON_CODE[failure.reason]]), failurePage(failure, browserLocale(request), pages));
  const proceed = (request: FastifyRequest, reply: FastifyReply, result: Redirect | SignInFailure) =>
    result.kind === 'failed' ? fail(request, reply, result) : redirect(reply, result);

  app.get('/connect', async (request, reply) => {
    const link = parameter(request.query, 'link');
    const result = await (link === null ? flow.offerAccountFirst() : flow.page(link));
    if (result.kind === 'failed') return fail(request, reply, result);
    if (result.kind === 'account_first') return send(reply, accountFirstPage(browserLocale(request), pages));
    return send(reply, confirmPage(result, link ?? '', pages));
  });

  app.post('/connect', LIMITED, async (request, reply) => {
    if (isCrossSite(request)) return fail(request, reply, signInFailure('foreign_request'));
    const isAccountFirst = parameter(request.body, 'start') === 'first';
    const link = parameter(request.body, 'link') ?? '';
    return proceed(request, reply, await (isAccountFirst ? flow.beginAccountFirst() : flow.begin(link)));
  });

  app.get('/admin/consent', async (request, reply) => send(reply, consentPage(browserLocale(request), pages)));

  app.post('/admin/consent', LIMITED, async (request, reply) =>
    isCrossSite(request)
      ? fail(request, reply, signInFailure('foreign_request'))
      : proceed(request, reply, await flow.beginConsent()),
  );

  app.get('/oauth/mattermost', CALLBACK, async (request, reply) => {
    const [state, code] = [parameter(request.query, 'state'), parameter(request.query, 'code')];
    const browserSecret = request.cookies[COOKIE] ?? null;
    return proceed(request, reply, await flow.proveSession({ state, code, browserSecret }));
  });

  app.get('/oauth/callback', CALLBACK, async (request, reply) => {
    const result = await flow.complete({
      state: parameter(request.query, 'state'),
      code: parameter(request.query, 'code'),
      error: parameter(request.query, 'error'),
      errorDescription: parameter(request.query, 'error_description'),
      tenant: parameter(request.query, 'tenant'),
      browserSecret: request.cookies[COOKIE] ?? null,
    });
    if (result.kind === 'redirect' || result.kind === 'failed') return proceed(request, reply, result);
    return send(reply.clearCookie(COOKIE, COOKIE_OPTIONS), lastPage(result, browserLocale(request), pages));
  });
}

function lastPage(result: Connected | AwaitingConfirmation | Consented, locale: string, pages: PageContext): Page {
  if (result.kind === 'awaiting_confirmation') return awaitingConfirmationPage(result, locale, pages);
  return result.kind === 'consented' ? consentedPage(result, locale, pages) : donePage(result, pages);
}

/**
 * Whether another site's page sent the form. Browsers before 2023 do not send the header and pass: the link in the form is still needed.
 */
function isCrossSite(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  return site !== undefined && site !== 'same-origin';
}

function redirect(reply: FastifyReply, { url, browserSecret }: Redirect): FastifyReply {
  return reply
    .setCookie(COOKIE, browserSecret, { ...COOKIE_OPTIONS, maxAge: SIGN_IN_TTL_MS / SECOND })
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

/** One parameter of a query or form. A parameter sent twice counts as missing. */
function parameter(source: unknown, name: string): string | null {
  const value = typeof source === 'object' && source !== null ? Reflect.get(source, name) : undefined;
  return typeof value === 'string' && value !== '' ? value : null;
}

function browserLocale(request: FastifyRequest): string {
  return request.headers['accept-language'] ?? 'en';
}
