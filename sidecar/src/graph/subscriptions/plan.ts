import { createHash } from 'node:crypto';
import { MINUTE } from '../../core/time.ts';

/** The one subscription that a subscriber should have. */
export interface WantedSubscription {
  resource: string;
  notificationUrl: string;
  certificateId: string;
}

/** A subscription that a subscriber has. `notificationUrl` is null or absent where it is not known. */
export interface FoundSubscription {
  id: string;
  resource: string;
  certificateId: string;
  expiresAt: number;
  renewedAt: number;
  notificationUrl?: string | null;
  /** Graph has it and the store has not. Its clientState is lost, so it can only be removed. */
  isStray?: boolean;
}

/** A subscription as Graph lists it. */
export interface ListedSubscription {
  id: string;
  resource: string | null;
  notificationUrl: string | null;
  expiresAt: number;
}

/**
 * One action towards the wanted state. `remove` deletes at Graph and in the store, `forget` in the store only (Graph has deleted it by
 * itself), `wait` says when the next renewal is due.
 */
export type SubscriptionAction =
  | { do: 'create' }
  | { do: 'renew'; id: string; withCertificate: boolean }
  | { do: 'remove'; id: string }
  | { do: 'forget'; id: string }
  | { do: 'wait'; until: number };

/**
 * Graph delivers only while the token behind the subscription is valid, about an hour, and the subscription itself, three days. The
 * shorter one sets the pace of renewals. https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
export const RENEW_AFTER_MIN = 30 * MINUTE;
export const RENEW_AFTER_MAX = 45 * MINUTE;

/** When the next renewal is due: 30 to 45 minutes after the last one, spread by id and time so that a burst does not repeat itself. */
export function renewAt({ id, renewedAt }: Pick<FoundSubscription, 'id' | 'renewedAt'>): number {
  const spread = createHash('sha256').update(`${id} ${renewedAt}`).digest().readUInt32BE(0) / 2 ** 32;
  return renewedAt + RENEW_AFTER_MIN + Math.floor(spread * (RENEW_AFTER_MAX - RENEW_AFTER_MIN));
}

/**
 * The actions from what a subscriber has to what it should have, in order. `wanted` is null when it should have none. A renewal also
 * brings the current certificate; another resource or address needs a new subscription, because Graph changes neither.
 * https://learn.microsoft.com/graph/api/subscription-update
 */
export function plan(
  wanted: WantedSubscription | null,
  found: readonly FoundSubscription[],
  now: number,
): SubscriptionAction[] {
  const [kept] = wanted
    ? found
        .filter((one) => !one.isStray && one.expiresAt > now && serves(one, wanted))
        .toSorted((a, b) => b.renewedAt - a.renewedAt)
    : [];
  const leaving = found
    .filter((one) => one !== kept)
    .map((one): SubscriptionAction => ({ do: one.expiresAt > now ? 'remove' : 'forget', id: one.id }));
  return [...leaving, ...(wanted ? [actionFor(wanted, kept, now)] : [])];
}

/** Whether the subscription is for the wanted resource and leads to the wanted address. An unknown address counts as the wanted one. */
export function serves(
  found: Pick<FoundSubscription, 'resource' | 'notificationUrl'>,
  wanted: WantedSubscription,
): boolean {
  const { resource, notificationUrl } = found;
  return resource === wanted.resource && (notificationUrl == null || notificationUrl === wanted.notificationUrl);
}

/**
 * The stored rows, corrected by Graph's list: expired where Graph has lost the subscription, due at once where it encrypts for another
 * certificate, whose key may be lost. Added as strays: those that only Graph has, of the same resource and at our address.
 */
export function compare(
  wanted: WantedSubscription,
  rows: readonly FoundSubscription[],
  listed: readonly ListedSubscription[],
): FoundSubscription[] {
  const byId = new Map(listed.map((one) => [one.id, one]));
  const stored = rows.map((row): FoundSubscription => {
    const real = byId.get(row.id);
    if (!real) return { ...row, expiresAt: 0 };
    const renewedAt = row.certificateId === wanted.certificateId ? row.renewedAt : 0;
    return { ...row, renewedAt, expiresAt: real.expiresAt, notificationUrl: real.notificationUrl };
  });
  const known = new Set(rows.map(({ id }) => id));
  const strays = listed.filter((one) => !known.has(one.id) && serves({ ...one, resource: pathOf(one) }, wanted));
  return [
    ...stored,
    ...strays.map(({ id, expiresAt }) => {
      const { resource, notificationUrl } = wanted;
      return { id, resource, notificationUrl, certificateId: '', expiresAt, renewedAt: 0, isStray: true };
    }),
  ];
}

/** Graph lists resources with and without the leading slash. */
function pathOf({ resource }: ListedSubscription): string {
  return `/${resource ?? ''}`.replace(/^\/+/, '/');
}

function actionFor(wanted: WantedSubscription, kept: FoundSubscription | undefined, now: number): SubscriptionAction {
  if (!kept) return { do: 'create' };
  const until = renewAt(kept);
  if (until > now) return { do: 'wait', until };
  return { do: 'renew', id: kept.id, withCertificate: kept.certificateId !== wanted.certificateId };
}
