import { AppError, toAppError } from '../../core/errors.ts';
import { SUBSCRIPTION_QUOTA } from '../../core/microsoft-graph.ts';
import { HOUR, MINUTE, SECOND } from '../../core/time.ts';
import type { CheckDeps, Finding, Words } from './types.ts';

const NEAR_LIMIT = 0.8;
const LATE = { warning: 15 * MINUTE, failed: HOUR };
const CLOCK = { warning: MINUTE, failed: 5 * MINUTE };

/** Checks that the database answers. */
export async function checkDatabase({ store }: CheckDeps, words: Words): Promise<Finding> {
  if (!store) return words.ok('database.none');
  return words.ok('database.ok', { count: await store.connections() });
}

/** Checks that the private key that decrypts notifications can be opened and its certificate has not expired. */
export async function checkCertificate({ store, clock }: CheckDeps, words: Words): Promise<Finding> {
  try {
    const end = (await store?.certificateEnd()) ?? null;
    if (end === null) return words.ok('certificate.none');
    const values = { end: words.day(end) };
    return end > clock.now() ? words.ok('certificate.ok', values) : words.bad('failed', 'certificate.ended', values);
  } catch (error) {
    const { code, fields } = toAppError(error);
    if (code === 'key_unknown') return words.bad('failed', 'certificate.key', { key: String(fields?.keyId) });
    if (error instanceof AppError && code === 'seal_broken') return words.bad('failed', 'certificate.broken');
    throw error;
  }
}

/** Checks how much of Microsoft's subscription quota is used. */
export async function checkQuota({ store }: CheckDeps, words: Words): Promise<Finding> {
  const count = (await store?.subscriptions()) ?? 0;
  const values = { count, limit: SUBSCRIPTION_QUOTA };
  if (count < SUBSCRIPTION_QUOTA * NEAR_LIMIT) return words.ok('quota.ok', values);
  return words.bad(count < SUBSCRIPTION_QUOTA ? 'warning' : 'failed', 'quota.near', values);
}

/** Checks the clock against the `Date` headers of Mattermost and Microsoft, which have whole seconds. */
export async function checkClock({ mattermost, microsoft, clock }: CheckDeps, words: Words): Promise<Finding> {
  const theirs = await Promise.all([
    mattermost.time().then(
      (time) => [{ url: 'Mattermost', time }],
      () => [],
    ),
    microsoft.reach().catch(() => []),
  ]);
  for (const { url: peer, time } of theirs.flat()) {
    const off = time === null ? 0 : Math.abs(clock.now() - time);
    if (off < CLOCK.warning) continue;
    const seconds = Math.round(off / SECOND);
    return words.bad(off < CLOCK.failed ? 'warning' : 'failed', 'clock.off', { peer, seconds });
  }
  return words.ok('clock.ok');
}

/** Checks the age of the oldest queued notification. */
export async function checkBacklog({ store, clock }: CheckDeps, words: Words): Promise<Finding> {
  const { items, oldestAt } = (await store?.backlog()) ?? { items: 0, oldestAt: null };
  const age = oldestAt === null ? 0 : clock.now() - oldestAt;
  if (age < LATE.warning) return words.ok('backlog.ok', { count: items });
  const state = age < LATE.failed ? 'warning' : 'failed';
  return words.bad(state, 'backlog.late', { count: items, minutes: Math.round(age / MINUTE) });
}

/** Checks for dead letters. */
export async function checkDeadLetters({ store }: CheckDeps, words: Words): Promise<Finding> {
  const count = (await store?.deadLetters()) ?? 0;
  return count === 0 ? words.ok('dead_letters.ok') : words.bad('warning', 'dead_letters.some', { count });
}
