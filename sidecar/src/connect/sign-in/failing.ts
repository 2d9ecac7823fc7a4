import { toAppError } from '../../core/errors.ts';
import { languageOf } from '../../core/i18n.ts';
import type { User } from '../../core/types.ts';
import type { ConnectFlowDeps } from './ports.ts';
import type { Failure, FailureReason } from './result.ts';
import { REASON_CODE, RETRYABLE, reasonOf } from './result.ts';

interface FailureContext {
  user?: User;
  values?: Record<string, string>;
  retryUrl?: string | null;
}

/** How to start over. */
export type Retry = () => Promise<{ url: string }>;

/** A failure as the page shows it, in the language of the user where one is known. */
export function failed(reason: FailureReason, { user, values, retryUrl }: FailureContext = {}): Failure {
  const language = user ? languageOf(user.locale) : null;
  return { kind: 'failed', reason, language, values: values ?? {}, retryUrl: retryUrl ?? null };
}

/** A thrown error as a failure for the page, noted in the log. `userId` is null while the user is not known. */
export async function failedBy(
  deps: Pick<ConnectFlowDeps, 'log' | 'user'>,
  error: unknown,
  { userId, retry }: { userId: string | null; retry?: Retry },
): Promise<Failure> {
  const failure = toAppError(error);
  const reason = reasonOf(failure.code);
  const fields = { userId, reason, code: failure.code, remedy: failure.remedy, ...failure.fields };
  if (REASON_CODE[reason] === 'internal') deps.log.error({ ...fields, err: error }, 'A sign-in failed.');
  else deps.log.warn(fields, 'A sign-in failed.');
  const user = userId === null ? null : await deps.user(userId).catch(() => null);
  return failed(reason, { ...(user ? { user } : {}), retryUrl: retry ? await retryFor(reason, retry) : null });
}

/** The address to start over where that makes sense after this failure. */
export async function retryFor(reason: FailureReason, retry: Retry): Promise<string | null> {
  return RETRYABLE.has(reason) ? (await retry()).url : null;
}
