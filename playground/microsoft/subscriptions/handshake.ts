import { randomUUID } from 'node:crypto';
import type { Post } from '../delivery/http.ts';
import { GraphError } from '../graph/errors.ts';

/**
 * Asks an endpoint to prove that it wants notifications: it must give the decoded token back as text/plain with 200 within
 * `timeoutMs`. Errors: `GraphError` 400.
 */
export async function shakeHands(post: Post, notificationUrl: string, timeoutMs: number): Promise<void> {
  // Both spellings of a space and the characters that careless decoding breaks.
  const token = `Validation: Testing client application reachability for subscription Request-Id: ${randomUUID()} 100% a+b`;
  const url = new URL(notificationUrl);
  const encoded = encodeURIComponent(token).replace('%20', '+');
  url.search = `${url.search === '' ? '?' : `${url.search}&`}validationToken=${encoded}`;
  let answer: { status: number; body: string; type: string };
  try {
    answer = await post({ url: url.href, body: '', type: 'text/plain; charset=utf-8', timeoutMs });
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError';
    throw refusal(isTimeout ? 'Subscription validation request timed out.' : failed(''));
  }
  if (answer.status !== 200) throw refusal(failed(` HTTP status code is '${answer.status}'.`));
  const isPlain = answer.type.toLowerCase().startsWith('text/plain');
  if (!isPlain || answer.body !== token) throw refusal(failed(' The response did not contain the validation token.'));
}

function failed(detail: string): string {
  return `Subscription validation request failed.${detail} Notification endpoint must respond with 200 OK to validation request.`;
}

function refusal(message: string): GraphError {
  return new GraphError(400, 'ValidationError', { message });
}
