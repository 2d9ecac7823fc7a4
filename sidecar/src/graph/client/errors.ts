import type { ErrorCode } from '../../core/errors.ts';
import { AppError } from '../../core/errors.ts';
import { SUBSCRIPTION_QUOTA } from '../../core/microsoft-graph.ts';
import { readRetryAfter } from '../../core/throttling.ts';
import { readGraphError } from '../wire/entities.ts';
import type { Operation } from './rate-limiter.ts';

/** An answer of Graph with a status that is not 2xx. */
export interface GraphRefusal {
  operation: Operation;
  status: number;
  body: string;
  requestId: string | null;
  retryAfter: string | null;
  now: number;
}

const BY_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'unauthorized'],
  [404, 'microsoft_not_found'],
  [408, 'microsoft_unavailable'],
  [409, 'microsoft_conflict'],
  [410, 'microsoft_not_found'],
  [429, 'microsoft_throttled'],
]);

const QUOTA = /quota|limit|maximum|exceed/i;
const QUOTA_REMEDY =
  `Microsoft Graph allows ${SUBSCRIPTION_QUOTA.toLocaleString('en')} Teams subscriptions in a tenant and 10 for a user, all applications together. ` +
  'Disconnect users who no longer need it, or remove subscriptions of other applications.';

/**
 * The error for a refusal of Graph. The status decides the code, because Graph's own codes and messages change over time. They are kept
 * for the log, without anything that looks like an e-mail address. A 403 for a new subscription whose message names a limit is the quota.
 * https://learn.microsoft.com/graph/errors, https://learn.microsoft.com/graph/change-notifications-overview#subscription-quotas
 */
export function graphError(refusal: GraphRefusal): AppError {
  const { operation, status, requestId } = refusal;
  const { code, message } = readGraphError(refusal.body);
  const isQuota = status === 403 && operation === 'POST subscriptions' && QUOTA.test(message ?? '');
  const fallback = status >= 500 ? 'microsoft_unavailable' : 'microsoft_refused';
  const retryAfterMs = readRetryAfter(refusal.retryAfter, refusal.now);
  return new AppError(
    isQuota ? 'microsoft_quota' : (BY_STATUS.get(status) ?? fallback),
    'Microsoft Graph refused a request.',
    {
      ...(isQuota ? { remedy: QUOTA_REMEDY } : {}),
      ...(retryAfterMs === null ? {} : { retryAfterMs }),
      fields: { operation, status, requestId, graphCode: code, graphMessage: message && withoutAddresses(message) },
    },
  );
}

/** The error for a request without an answer: refused or lost connection, timeout. */
export function noAnswer(operation: Operation | 'GET download', cause: unknown): AppError {
  return new AppError('microsoft_unavailable', 'Microsoft Graph does not answer.', { cause, fields: { operation } });
}

function withoutAddresses(message: string): string {
  return message.replace(/[^\s'"<>()]+@[^\s'"<>()]+/g, '<address>').slice(0, 400);
}
