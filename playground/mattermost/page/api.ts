/** A refusal of the REST API: HTTP status, Mattermost's error id and its readable message. */
export class ApiError extends Error {
  override name = 'ApiError';
  readonly status: number;
  readonly id: string;

  constructor(status: number, body: { id?: string; message?: string }) {
    super(body.message ?? `The server answered ${status}.`);
    this.status = status;
    this.id = body.id ?? '';
  }
}

/** What a request may carry besides its path; `json` and `body` exclude each other. */
export interface RequestOptions {
  method?: string;
  json?: unknown;
  body?: BodyInit;
}

/** The value of a cookie this page may read, or an empty string. */
export function readCookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`));
  return found === undefined ? '' : decodeURIComponent(found.slice(name.length + 1));
}

/** Calls `/api/v4` on this origin with the session cookie and the CSRF headers. Throws `ApiError`. */
export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const headers: Record<string, string> = {
    'X-Requested-With': 'XMLHttpRequest',
    'X-CSRF-Token': readCookie('MMCSRF'),
  };
  if (options.json !== undefined) headers['Content-Type'] = 'application/json';
  const body = options.json === undefined ? options.body : JSON.stringify(options.json);
  const response = await fetch(`/api/v4${path}`, {
    method: options.method ?? 'GET',
    credentials: 'same-origin',
    headers,
    ...(body === undefined ? {} : { body }),
  });
  const payload: unknown = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, payload as { id?: string; message?: string });
  return payload as T;
}

/** As `request`, but an unsupported or failing endpoint yields the fallback. For decoration only, never for actions. */
export async function requestOr<T>(path: string, fallback: T, options?: RequestOptions): Promise<T> {
  try {
    return await request<T>(path, options);
  } catch {
    return fallback;
  }
}

/** What to tell the user about something thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : 'Something went wrong. Try again.';
}

/** A random id of Mattermost's shape, for posts that exist only in this tab. */
export function makeId(): string {
  const alphabet = 'ybndrfg8ejkmcpqxot1uwisza345h769';
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (byte) => alphabet[byte % 32]).join('');
}
