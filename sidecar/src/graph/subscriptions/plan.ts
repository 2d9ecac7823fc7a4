import { createHash } from 'node:crypto';
import { MINUTE } from '../../core/time.ts';

/** The one subscription a connection should have. */
export interface WantedSubscription {
  resource: string;
  notificationUrl: string;
  certificateId: string;
}

/** A subscription a connection has, from the store. `notificationUrl` is absent where it is not known. */
export interface FoundSubscription {
  id: string;
  resource: string;
  certificateId: string;
  expiresAt: number;
  renewedAt: number;
  notificationUrl?: string | null;
  /** Graph has it and the store has not: nobody knows its clientState any more, so it can only go. */
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
 * One step towards what is wanted. `remove` deletes at Graph and in the store, `forget` in the store only (Graph has deleted it by
 * itself), `wait` says when to look again.
 */
export type FeedAction =
  | { do: 'create' }
  | { do: 'renew'; id: string; withCertificate: boolean }
  | { do: 'remove'; id: string }
  | { do: 'forget'; id: string }
  | { do: 'wait'; until: number };

/**
 * Delivery depends on the token behind the subscription, which lives for about an hour (Microsoft Graph: "Receive change notifications
 * through webhooks"), and on the subscription itself, which lives for three days. The shorter one sets the pace.
 */
export const RENEW_AFTER_MIN = 30 * MINUTE;
export const RENEW_AFTER_MAX = 45 * MINUTE;

/** When a subscription is to be renewed: 30 to 45 minutes after the last time, spread by its id so that no burst repeats itself. */
export function renewAt({ id, renewedAt }: Pick<FoundSubscription, 'id' | 'renewedAt'>): number {
  const spread = createHash('sha256').update(`${id} ${renewedAt}`).digest().readUInt32BE(0) / 2 ** 32;
  return renewedAt + RENEW_AFTER_MIN + Math.floor(spread * (RENEW_AFTER_MAX - RENEW_AFTER_MIN));
}

/**
 * The steps from what a connection has to what it should have, in order. `wanted` is null for a connection that ends. Renewing also
 * brings the current certificate; another resource or address needs another subscription, because Graph changes neither.
 */
export function plan(
  wanted: WantedSubscription | null,
  found: readonly FoundSubscription[],
  now: number,
): FeedAction[] {
  const [kept] = wanted
    ? found
        .filter((one) => !one.isStray && one.expiresAt > now && serves(one, wanted))
        .toSorted((a, b) => b.renewedAt - a.renewedAt)
    : [];
  const leaving = found
    .filter((one) => one !== kept)
    .map((one): FeedAction => ({ do: one.expiresAt > now ? 'remove' : 'forget', id: one.id }));
  return [...leaving, ...(wanted ? [stepFor(wanted, kept, now)] : [])];
}

/** Whether the subscription brings what is wanted to where it is wanted. An unknown address is given the benefit of the doubt. */
export function serves(
  found: Pick<FoundSubscription, 'resource' | 'notificationUrl'>,
  wanted: WantedSubscription,
): boolean {
  const { resource, notificationUrl } = found;
  return resource === wanted.resource && (notificationUrl == null || notificationUrl === wanted.notificationUrl);
}

/**
 * What is stored, corrected by what Graph has: an expired row for what Graph lost, a stray for what only Graph knows of the same resource
 * at our address, and due at once what is encrypted for another certificate, whose key may be lost.
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

function stepFor(wanted: WantedSubscription, kept: FoundSubscription | undefined, now: number): FeedAction {
  if (!kept) return { do: 'create' };
  const until = renewAt(kept);
  if (until > now) return { do: 'wait', until };
  return { do: 'renew', id: kept.id, withCertificate: kept.certificateId !== wanted.certificateId };
}
