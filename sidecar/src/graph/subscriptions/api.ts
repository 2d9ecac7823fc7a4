import { AppError, toAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE } from '../../core/time.ts';
import type { GraphClient, TokenSource } from '../client/client.ts';
import { readPages } from '../client/paging.ts';
import type { GraphSubscription } from '../wire/entities.ts';
import { readSubscription, readSubscriptions } from '../wire/entities.ts';

/** The account that holds a subscription with a token of its own, or with `oid` null the application in its tenant. */
export interface Principal {
  tid: string;
  oid: string | null;
  token: TokenSource;
  /** A person waits. */
  interactive?: boolean;
}

export interface NewSubscription {
  resource: string;
  clientState: string;
  certificate: { id: string; certificate: string };
}

/** The subscription calls of Graph. Errors: those of the client. */
export interface SubscriptionCalls {
  create(principal: Principal, wanted: NewSubscription): Promise<GraphSubscription>;
  /** Extends and reauthorises; brings another certificate if given. Error: `microsoft_not_found` when Graph deleted it. */
  renew(
    principal: Principal,
    change: { id: string; certificate?: NewSubscription['certificate'] },
  ): Promise<GraphSubscription>;
  /** Does nothing when it is gone already. */
  remove(principal: Principal, id: string): Promise<void>;
  /** The subscriptions of this application for this account; for the organisation, those of every account as well. */
  list(principal: Principal): Promise<GraphSubscription[]>;
}

/** Three days is the most Graph allows for chat messages ("subscription resource type"); the rest is for clocks that differ. */
const LIFETIME = 4_320 * MINUTE - 15 * MINUTE;
/** Graph validates both webhook addresses within the request, ten seconds each. */
const TIMEOUT = 45_000;

/** Where Graph finds our webhook; the paths are those of `graphRoutes`. */
export function webhookUrls(publicUrl: string): { notificationUrl: string; lifecycleUrl: string } {
  return { notificationUrl: `${publicUrl}/graph/notifications`, lifecycleUrl: `${publicUrl}/graph/lifecycle` };
}

/** All one-to-one, group and meeting chats of one account, or with null of the organisation. */
export function feedResource(oid: string | null): string {
  return oid === null ? '/chats/getAllMessages' : `/users/${oid}/chats/getAllMessages`;
}

/** Creates, renews, removes and lists subscriptions (Microsoft Graph: "Create subscription", "Update subscription"). */
export function createSubscriptionCalls(deps: {
  client: Pick<GraphClient, 'get' | 'post' | 'patch' | 'delete'>;
  publicUrl: string;
  clock: Clock;
}): SubscriptionCalls {
  const { client, clock } = deps;
  const { notificationUrl, lifecycleUrl } = webhookUrls(deps.publicUrl);
  const call = ({ token, tid, oid, interactive }: Principal) => ({
    token,
    tid,
    user: oid,
    timeoutMs: TIMEOUT,
    ...(interactive ? { interactive } : {}),
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
        // v1_3 was refused in 2025.
        latestSupportedTlsVersion: 'v1_2',
      };
      // Without the header, system events arrive under an unknown name.
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
 * The id in Graph's 409, "Subscription Id … already exists for the requested combination" (Microsoft Graph: "Create subscription"); null
 * when the error is another one or names none.
 */
export function conflictingId(error: unknown): string | null {
  if (!(error instanceof AppError) || error.code !== 'microsoft_conflict') return null;
  const id = /\bid:?\s+['"]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/i.exec(String(error.fields?.graphMessage));
  return id?.[1]?.toLowerCase() ?? null;
}

function certificateFields({ id, certificate }: NewSubscription['certificate']) {
  return { encryptionCertificate: certificate, encryptionCertificateId: id };
}
