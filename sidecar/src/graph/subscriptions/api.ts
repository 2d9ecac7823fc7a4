import { AppError, toAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE } from '../../core/time.ts';
import type { GraphClient, TokenSource } from '../client/client.ts';
import { readPages } from '../client/paging.ts';
import type { Priority } from '../client/rate-limiter.ts';
import type { GraphSubscription } from '../wire/entities.ts';
import { readSubscription, readSubscriptions } from '../wire/entities.ts';

/** The holder of a subscription: an account with a token of its own or, with `oid` null, the application in its tenant. */
export interface Principal {
  tid: string;
  oid: string | null;
  token: TokenSource;
  priority?: Priority;
}

export interface NewSubscription {
  resource: string;
  clientState: string;
  certificate: { id: string; certificate: string };
}

/** The calls for subscriptions. @throws {AppError} microsoft_*, unauthorized and those of the token */
export interface SubscriptionCalls {
  /** @throws {AppError} microsoft_conflict when one for that resource exists, see `conflictingId`; microsoft_quota */
  create(principal: Principal, wanted: NewSubscription): Promise<GraphSubscription>;
  /** Extends and reauthorizes; changes the certificate if given. @throws {AppError} microsoft_not_found when Graph has deleted it */
  renew(
    principal: Principal,
    change: { id: string; certificate?: NewSubscription['certificate'] },
  ): Promise<GraphSubscription>;
  /** Does nothing when it is already gone. */
  remove(principal: Principal, id: string): Promise<void>;
  /** The application's subscriptions with that token: those of the account, or with the application's token those of the tenant. */
  list(principal: Principal): Promise<GraphSubscription[]>;
}

/**
 * Graph allows three days for chat messages, less a margin for clocks that differ.
 * https://learn.microsoft.com/graph/api/resources/subscription#subscription-lifetime
 */
const LIFETIME = 4_320 * MINUTE - 15 * MINUTE;
/** Graph validates both webhook addresses during the request, up to ten seconds each. */
const TIMEOUT = 45_000;

/** The webhook's public addresses; the paths are those that `graphRoutes` mounts. */
export function webhookUrls(publicUrl: string): { notificationUrl: string; lifecycleUrl: string } {
  return { notificationUrl: `${publicUrl}/graph/notifications`, lifecycleUrl: `${publicUrl}/graph/lifecycle` };
}

/** The messages of all one-to-one, group and meeting chats of one account, or with null of the tenant. */
export function messagesResource(oid: string | null): string {
  return oid === null ? '/chats/getAllMessages' : `/users/${oid}/chats/getAllMessages`;
}

/**
 * Creates, renews, removes and lists subscriptions. https://learn.microsoft.com/graph/api/subscription-post-subscriptions,
 * https://learn.microsoft.com/graph/api/subscription-update
 */
export function createSubscriptionCalls(deps: {
  client: Pick<GraphClient, 'get' | 'post' | 'patch' | 'delete'>;
  publicUrl: string;
  clock: Clock;
}): SubscriptionCalls {
  const { client, clock } = deps;
  const { notificationUrl, lifecycleUrl } = webhookUrls(deps.publicUrl);
  const call = ({ token, tid, oid, priority }: Principal) => ({
    token,
    tid,
    user: oid,
    timeoutMs: TIMEOUT,
    ...(priority ? { priority } : {}),
  });
  const expirationDateTime = () => new Date(clock.now() + LIFETIME).toISOString();
  return {
    async create(principal, { resource, clientState, certificate }) {
      const body = {
        changeType: 'created,updated,deleted',
        notificationUrl,
        lifecycleNotificationUrl: lifecycleUrl,
        resource,
        includeResourceData: true,
        ...certificateFields(certificate),
        expirationDateTime: expirationDateTime(),
        clientState,
        // Graph refused v1_3 in 2025.
        latestSupportedTlsVersion: 'v1_2',
      };
      // Without it Graph names every system event `unknownFutureValue`.
      const headers = { Prefer: 'include-unknown-enum-members' };
      const path = '/subscriptions';
      return readSubscription(
        await client.post({ ...call(principal), operation: 'POST subscriptions', path, headers, body }),
      );
    },
    async renew(principal, { id, certificate }) {
      const body = { expirationDateTime: expirationDateTime(), ...(certificate ? certificateFields(certificate) : {}) };
      const path = `/subscriptions/${encodeURIComponent(id)}`;
      return readSubscription(await client.patch({ ...call(principal), operation: 'PATCH subscription', path, body }));
    },
    async remove(principal, id) {
      const path = `/subscriptions/${encodeURIComponent(id)}`;
      try {
        await client.delete({ ...call(principal), operation: 'DELETE subscription', path });
      } catch (error) {
        if (toAppError(error).code !== 'microsoft_not_found') throw error;
      }
    },
    async list(principal) {
      const pages = readPages(client, { ...call(principal), operation: 'GET subscriptions', path: '/subscriptions' });
      const found: GraphSubscription[] = [];
      for await (const page of pages) found.push(...readSubscriptions(page));
      return found;
    },
  };
}

/**
 * The id in Graph's 409, "Subscription Id … already exists for the requested combination"; null for another error or without an id.
 * https://learn.microsoft.com/graph/api/subscription-post-subscriptions#response
 */
export function conflictingId(error: unknown): string | null {
  if (!(error instanceof AppError) || error.code !== 'microsoft_conflict') return null;
  const id = /\bid:?\s+['"]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(String(error.fields?.graphMessage));
  return id?.[1]?.toLowerCase() ?? null;
}

function certificateFields({ id, certificate }: NewSubscription['certificate']) {
  return { encryptionCertificate: certificate, encryptionCertificateId: id };
}
