import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE } from '../../core/time.ts';
import { noAnswer } from './errors.ts';

/** A file that is still being read, of `size` bytes. The caller reads `body` to its end or destroys it. */
export interface Download {
  size: number;
  body: AsyncIterable<Uint8Array> & { destroy(): unknown };
}

const TIMEOUT = 5 * MINUTE;
const OPERATION = 'GET download';

/**
 * Opens a file at the address that Graph answered with. That address needs no token and must not get one.
 * https://learn.microsoft.com/graph/api/driveitem-get-content#response
 *
 * @throws {AppError} payload_too_large, microsoft_not_found, microsoft_unavailable, microsoft_refused
 */
export async function openDownload(
  { dispatcher, clock, metrics }: { dispatcher: Dispatcher; clock: Clock; metrics: Metrics },
  url: string,
  maxBytes: number,
): Promise<Download> {
  if (URL.parse(url)?.protocol !== 'https:') throw refused('Microsoft Graph sent a file to an address without TLS.');
  const started = clock.now();
  let status = 0;
  try {
    const { statusCode, headers, body } = await request(url, { dispatcher, signal: AbortSignal.timeout(TIMEOUT) });
    status = statusCode;
    const size = Number(headers['content-length'] ?? Number.NaN);
    if (status === 200 && size <= maxBytes) return { size, body };
    body.on('error', () => {}).destroy();
    throw failureOf(status, size);
  } catch (error) {
    throw error instanceof AppError ? error : noAnswer(OPERATION, error);
  } finally {
    metrics.outbound({ peer: 'graph', operation: OPERATION, status, ms: clock.now() - started });
  }
}

function failureOf(status: number, size: number): AppError {
  if (status === 200 && size > 0) return new AppError('payload_too_large', 'A shared file is too large.');
  if (status === 404 || status === 410) return new AppError('microsoft_not_found', 'A shared file is gone.');
  // Without a length the file cannot be streamed to Mattermost.
  if (status >= 500 || status === 429 || status === 200)
    return new AppError('microsoft_unavailable', 'A shared file could not be read.');
  return refused('A shared file could not be read.');
}

function refused(message: string): AppError {
  return new AppError('microsoft_refused', message);
}
