import assert from 'node:assert/strict';
import type { SignInEnvironment } from './sign-in-environment.ts';
import { SIDECAR } from './sign-in-environment.ts';

/** What a browser got. */
export interface Answer {
  status: number;
  location: string | null;
  html: string;
  headers: Record<string, string>;
}

interface Visit {
  method?: 'GET' | 'POST';
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

/** A browser with one cookie jar per origin. It follows nothing by itself. */
export function createCookieBrowser({ app, network }: SignInEnvironment) {
  const jars = new Map<string, Map<string, string>>();
  const jarOf = (url: string) => {
    const { origin } = new URL(url);
    const jar = jars.get(origin) ?? new Map<string, string>();
    jars.set(origin, jar);
    return jar;
  };

  async function visit(url: string, { method = 'GET', form, headers = {} }: Visit = {}): Promise<Answer> {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const sent: Record<string, string> = {
      ...(cookie === '' ? {} : { cookie }),
      ...(form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
      ...headers,
    };
    const body = form && new URLSearchParams(form).toString();
    const { answer, cookies } = url.startsWith(SIDECAR)
      ? await throughSidecar({ method, url, sent, body })
      : await throughNetwork({ method, url, sent, body });
    for (const line of cookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === '' || /max-age=0/i.test(line)) jar.delete(name);
      else jar.set(name, value);
    }
    return answer;
  }

  async function throughSidecar(call: {
    method: 'GET' | 'POST';
    url: string;
    sent: Record<string, string>;
    body: string | undefined;
  }) {
    const response = await app.inject({
      method: call.method,
      url: call.url.slice(SIDECAR.length),
      headers: call.sent,
      ...(call.body === undefined ? {} : { payload: call.body }),
    });
    const headers = Object.fromEntries(Object.entries(response.headers).map(([name, value]) => [name, String(value)]));
    const answer = { status: response.statusCode, location: headers.location ?? null, html: response.body, headers };
    return { answer, cookies: [response.headers['set-cookie'] ?? []].flat() };
  }

  async function throughNetwork(call: {
    method: string;
    url: string;
    sent: Record<string, string>;
    body: string | undefined;
  }) {
    const response = await network.reach(call.url, {
      method: call.method,
      headers: call.sent,
      redirect: 'manual',
      ...(call.body === undefined ? {} : { body: call.body }),
    });
    const answer = {
      status: response.status,
      location: response.headers.get('location'),
      html: await response.text(),
      headers: Object.fromEntries(response.headers),
    };
    return { answer, cookies: response.headers.getSetCookie() };
  }

  /** Presses the button of the link's page. */
  async function pressConnect(url: string): Promise<string> {
    const link = new URL(url).searchParams.get('link') ?? '';
    const answer = await visit(`${SIDECAR}/connect`, { method: 'POST', form: { link } });
    if (answer.status !== 303 || !answer.location) throw new Error(`no redirect: ${answer.status} ${answer.html}`);
    return answer.location;
  }

  /** Signs in at Microsoft as this person, and returns the address that Microsoft sends the browser to. */
  async function signIn(authorizeUrl: string, oid: string, decision = 'accept'): Promise<string> {
    const tenant = new URL(authorizeUrl).pathname.split('/')[1] ?? '';
    let answer = await visit(authorizeUrl);
    const flow = () => /name="flow" value="([^"]+)"/.exec(answer.html)?.[1] ?? '';
    if (!answer.location) {
      answer = await visit(`${network.url}/${tenant}/login`, { method: 'POST', form: { flow: flow(), person: oid } });
    }
    if (!answer.location) {
      answer = await visit(`${network.url}/${tenant}/consent`, { method: 'POST', form: { flow: flow(), decision } });
    }
    if (!answer.location) throw new Error(`Microsoft did not send the browser back: ${answer.status} ${answer.html}`);
    return answer.location;
  }

  return { visit, pressConnect, signIn, cookies: (url: string) => jarOf(url) };
}

/** The whole way for one user: link, Microsoft, back. */
export async function connectAs(environment: SignInEnvironment, userId: string, oid: string): Promise<Answer> {
  const browser = createCookieBrowser(environment);
  const { url } = await environment.flow.startLink(userId);
  return browser.visit(await browser.signIn(await browser.pressConnect(url), oid));
}

/** A failure page with this status and title. */
export function failedWith(answer: Answer, status: number, title: RegExp): void {
  assert.equal(answer.status, status, answer.html);
  assert.match(answer.html, title);
}
