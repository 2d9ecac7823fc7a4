import type { ErrorCode } from '../../core/errors.ts';
import { AppError } from '../../core/errors.ts';
import { readRetryAfter } from '../../core/throttling.ts';
import { readErrorId } from './wire.ts';

export interface FailedAnswer {
  status: number;
  headers: Headers;
  /** The parsed body; undefined when it was not JSON. */
  data: unknown;
  operation: string;
  now: number;
}

/**
 * The error for an answer that is not 2xx, with Mattermost's error id in `fields.mattermostErrorId` and `Retry-After` in `retryAfterMs`.
 * A 500 `api.post.deduplicate_create_post.pending`, while the same post is still being written, is retried like any 5xx.
 */
export function failureOf(answer: FailedAnswer): AppError {
  const { status, operation } = answer;
  const code = codeOf(answer);
  const retryAfterMs = readRetryAfter(answer.headers.get('retry-after'), answer.now);
  return new AppError(code, SENTENCES[code], {
    remedy: REMEDIES[code],
    fields: { operation, status, mattermostErrorId: readErrorId(answer.data) },
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  });
}

type Code = Extract<ErrorCode, `mattermost_${string}`>;

const NOT_IMPLEMENTED = 501;

function codeOf({ status, data }: FailedAnswer): Code {
  if (status === 401) return 'mattermost_unauthorized';
  if (status === 404) return data === undefined ? 'mattermost_unavailable' : 'mattermost_not_found';
  if (status === 408) return 'mattermost_unavailable';
  if (status === 429) return 'mattermost_throttled';
  // Mattermost answers 501 for features that the administrator has switched off: a retry does not help.
  if (status >= 500) return status === NOT_IMPLEMENTED ? 'mattermost_refused' : 'mattermost_unavailable';
  return status >= 300 ? 'mattermost_refused' : 'mattermost_unavailable';
}

const SENTENCES: Record<Code, string> = {
  mattermost_unavailable:
    'Mattermost answered with a failure of its own, or something that is not Mattermost answered.',
  mattermost_throttled: 'Mattermost asked to slow down.',
  mattermost_refused: 'Mattermost refused a request of the bot.',
  mattermost_unauthorized: 'Mattermost does not accept the token of the bot.',
  mattermost_not_found: 'Mattermost does not know what the bot asked for.',
};

const REMEDIES: Record<Code, string> = {
  mattermost_unavailable: 'Check the Mattermost log, and that MATTERMOST_INTERNAL_URL leads to Mattermost itself.',
  mattermost_throttled: 'Raise RateLimitSettings in Mattermost, or exempt the address of the sidecar.',
  mattermost_refused:
    'Look up the Mattermost error id. Check the permissions of the bot, that MATTERMOST_INTERNAL_URL does not redirect, and, with RestrictDirectMessage, that the bot is in every team.',
  mattermost_unauthorized:
    'Set MATTERMOST_BOT_TOKEN to a valid token of the bot account, and check that the bot is not disabled.',
  mattermost_not_found: 'The user, channel or post was deleted, or MATTERMOST_INTERNAL_URL is wrong.',
};
