import { Agent, request } from 'undici';

/** Calls a playground server's control API: JSON in, JSON out. A status above 299 throws with the answer's text. */
export interface Control {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body?: unknown): Promise<T>;
  put<T>(path: string, body?: unknown): Promise<T>;
  patch<T>(path: string, body?: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  close(): Promise<void>;
}

/** `ca` (PEM) is needed for the HTTPS servers; `headers` are sent with every call, such as an administrator's token. */
export function createControl(url: string, options: { ca?: string; headers?: Record<string, string> } = {}): Control {
  const dispatcher = new Agent(options.ca === undefined ? {} : { connect: { ca: options.ca } });

  async function call<T>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: unknown,
  ): Promise<T> {
    const answer = await request(`${url}${path}`, {
      method,
      dispatcher,
      headers: { ...options.headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      body: body === undefined ? null : JSON.stringify(body),
    });
    const text = await answer.body.text();
    if (answer.statusCode > 299) throw new Error(`${method} ${path} → ${answer.statusCode} ${text.slice(0, 500)}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  return {
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body ?? {}),
    put: (path, body) => call('PUT', path, body ?? {}),
    patch: (path, body) => call('PATCH', path, body ?? {}),
    delete: (path) => call('DELETE', path),
    close: () => dispatcher.close(),
  };
}
