import { randomUUID } from 'node:crypto';
import type { MovableClock } from '../clock.ts';
import type { Post } from '../delivery/http.ts';
import { GraphError, notFound } from '../graph/errors.ts';
import { allowOptions, toPage } from '../graph/paging.ts';
import type { Answer, Call, GraphRoute } from '../graph/route.ts';
import type { MicrosoftState } from '../state.ts';
import type { AccessToken, Json, MicrosoftOptions, Subscription } from '../types.ts';
import { invalid, readCertificateFields, readDraft, readExpiry, readFields, readUrl } from './draft.ts';
import { shakeHands } from './handshake.ts';
import type { Lifetime } from './lifetime.ts';
import { type Registry, scopeKey, twinKey } from './registry.ts';

/** What a handshake may take. */
const HANDSHAKE_MS = 10_000;
const PER_PERSON = 10;
const PER_CHAT = 1;
const ANY = {
  delegated: ['Chat.Read', 'Chat.ReadWrite', 'Chat.ReadBasic', 'Presence.Read', 'Presence.Read.All', 'User.Read'],
  app: ['Chat.Read.All', 'Chat.ReadWrite.All', 'Chat.ReadBasic.All', 'Presence.Read.All', 'User.Read.All'],
};

/** What the subscription operations need. */
export interface SubscriptionDeps {
  url(): string;
  clock: MovableClock;
  state: MicrosoftState;
  registry: Registry;
  lifetime: Lifetime;
  post: Post;
  options: MicrosoftOptions;
}

/** Create, read, list, renew, reauthorize and delete. */
export function subscriptionRoutes(deps: SubscriptionDeps): GraphRoute[] {
  const path = '/subscriptions';
  const one = `${path}/:subscriptionId`;
  return [
    { method: 'POST', path, names: ['POST subscriptions'], needs: ANY, answer: (call) => create(deps, call) },
    { method: 'GET', path, names: ['GET subscriptions'], needs: ANY, answer: (call) => list(deps, call) },
    {
      method: 'GET',
      path: one,
      names: ['GET subscription'],
      needs: ANY,
      answer: (call) => ({ body: toWire(deps, own(deps, call), null) }),
    },
    {
      method: 'PATCH',
      path: one,
      names: ['PATCH subscriptions', 'PATCH subscription'],
      needs: ANY,
      answer: (call) => update(deps, call),
    },
    {
      method: 'POST',
      path: `${one}/reauthorize`,
      names: ['POST reauthorize', 'POST subscriptions/reauthorize'],
      needs: ANY,
      answer: async (call) => {
        const subscription = own(deps, call);
        requireSameKind(subscription, call.token);
        if (deps.options.handshakeOnRenew) await greet(deps, [subscription.notificationUrl]);
        deps.lifetime.renew(subscription, 'reauthorize', call.token.expiresAt);
        return { status: 204 };
      },
    },
    {
      method: 'DELETE',
      path: one,
      names: ['DELETE subscriptions', 'DELETE subscription'],
      needs: ANY,
      answer: (call) => {
        deps.lifetime.end(own(deps, call), false);
        return { status: 204 };
      },
    },
  ];
}

async function create(deps: SubscriptionDeps, call: Call): Promise<Answer> {
  const { token } = call;
  const draft = readDraft(call.body, token, deps.clock);
  const { scope } = draft;
  if (scope.of === 'chat') {
    const chat = deps.state.chat(scope.chatId);
    if (token.kind === 'delegated' && !chat.members.includes(token.oid)) throw outside();
  }
  const id = randomUUID();
  const subscription: Subscription = {
    ...draft,
    id,
    tid: token.tid,
    clientId: token.clientId,
    creatorId: token.oid,
    kind: token.kind,
    includeUnknownEnumMembers: call.prefers('include-unknown-enum-members'),
    tokenExpiresAt: token.expiresAt,
    lastPatchAt: null,
    lastReauthorizeAt: null,
    violations: [],
  };
  const key = twinKey(subscription);
  const twin = deps.registry.twin(key);
  if (twin !== null) {
    const message = `Subscription Id ${twin} already exists for the requested combination`;
    throw new GraphError(409, 'Conflict', { message });
  }
  checkQuota(deps, subscription);
  const free = deps.registry.reserve(key, id);
  try {
    const { notificationUrl, lifecycleNotificationUrl } = draft;
    await greet(deps, [notificationUrl, ...(lifecycleNotificationUrl === null ? [] : [lifecycleNotificationUrl])]);
    deps.registry.add(subscription);
  } finally {
    free();
  }
  deps.lifetime.begin(subscription);
  return { status: 201, body: toWire(deps, subscription, subscription.clientState) };
}

async function update(deps: SubscriptionDeps, call: Call): Promise<Answer> {
  const subscription = own(deps, call);
  requireSameKind(subscription, call.token);
  const fields = readFields(call.body);
  const { expirationDateTime, notificationUrl, encryptionCertificate, encryptionCertificateId, ...others } = fields;
  const unknown = Object.keys(others)[0];
  if (unknown !== undefined) throw invalid(`The property '${unknown}' cannot be updated.`);
  if (expirationDateTime === undefined && notificationUrl === undefined) {
    throw invalid('The body must contain expirationDateTime or notificationUrl.');
  }
  const expiresAt = expirationDateTime === undefined ? null : readExpiry(expirationDateTime, deps.clock);
  const hasCertificate = encryptionCertificate !== undefined || encryptionCertificateId !== undefined;
  const certificate = hasCertificate ? readCertificateFields(fields) : null;
  const address = notificationUrl === undefined ? null : readUrl(notificationUrl, 'notificationUrl');
  const isMoved = address !== null && address !== subscription.notificationUrl;
  if (isMoved || deps.options.handshakeOnRenew) await greet(deps, [address ?? subscription.notificationUrl]);
  if (address !== null) subscription.notificationUrl = address;
  if (expiresAt !== null) subscription.expiresAt = expiresAt;
  if (certificate !== null) subscription.certificate = certificate;
  deps.lifetime.renew(subscription, 'patch', call.token.expiresAt);
  return { body: toWire(deps, subscription, null) };
}

function list(deps: SubscriptionDeps, { token, query }: Call): Answer {
  allowOptions(query, ['$skiptoken']);
  const visible = deps.registry.all().filter((subscription) => isVisible(subscription, token));
  const page = toPage(visible, { address: `${deps.url()}/v1.0/subscriptions`, query, top: 100 });
  const value = page.value.map((subscription) => wireFields(deps, subscription, null));
  return { body: { '@odata.context': `${deps.url()}/v1.0/$metadata#subscriptions`, ...page, value } };
}

function own(deps: SubscriptionDeps, { params, token }: Call): Subscription {
  const subscription = deps.registry.get(params.subscriptionId ?? '');
  if (!subscription || !isVisible(subscription, token)) throw notFound('The object was not found.');
  return subscription;
}

/** A delegated token sees its person's subscriptions, an app token all of the app in its tenant. */
function isVisible(subscription: Subscription, token: AccessToken): boolean {
  if (subscription.clientId !== token.clientId || subscription.tid !== token.tid) return false;
  return token.kind === 'app' || (subscription.kind === 'delegated' && subscription.creatorId === token.oid);
}

function requireSameKind(subscription: Subscription, token: AccessToken): void {
  if (subscription.kind === token.kind) return;
  const reason = 'The subscription was created with another kind of token.';
  const message = `Operation: Update; Exception: [Status Code: Forbidden; Reason: ${reason}]`;
  throw new GraphError(403, 'ExtensionError', { message });
}

async function greet(deps: SubscriptionDeps, urls: string[]): Promise<void> {
  await Promise.all(urls.map((url) => shakeHands(deps.post, url, HANDSHAKE_MS)));
}

function checkQuota(deps: SubscriptionDeps, { scope }: Subscription): void {
  const most = deps.options.organizationQuota ?? 10_000;
  if (deps.registry.size() >= most) throw quota(`The organization has reached its limit of ${most} subscriptions.`);
  const count = deps.registry.countFor(scopeKey(scope));
  if (scope.of === 'person' && count >= PER_PERSON) {
    throw quota(`The user has reached the limit of ${PER_PERSON} subscriptions that track all chats.`);
  }
  if (scope.of === 'chat' && count >= PER_CHAT) {
    throw quota(`The app has reached the limit of ${PER_CHAT} subscription for this chat.`);
  }
}

function quota(reason: string): GraphError {
  const message = `Operation: Create; Exception: [Status Code: Forbidden; Reason: ${reason}]`;
  return new GraphError(403, 'ExtensionError', { message });
}

function outside(): GraphError {
  const reason = 'The signed-in user is not a member of the chat.';
  const message = `Operation: Create; Exception: [Status Code: Forbidden; Reason: ${reason}]`;
  return new GraphError(403, 'ExtensionError', { message });
}

function toWire(deps: SubscriptionDeps, subscription: Subscription, clientState: string | null): Json {
  const context = `${deps.url()}/v1.0/$metadata#subscriptions/$entity`;
  return { '@odata.context': context, ...wireFields(deps, subscription, clientState) };
}

function wireFields(deps: SubscriptionDeps, subscription: Subscription, clientState: string | null): Json {
  return {
    id: subscription.id,
    resource: subscription.resource,
    applicationId: subscription.clientId,
    changeType: subscription.changeType,
    clientState,
    notificationUrl: subscription.notificationUrl,
    notificationQueryOptions: null,
    lifecycleNotificationUrl: subscription.lifecycleNotificationUrl,
    expirationDateTime: new Date(deps.clock.toOutside(subscription.expiresAt)).toISOString(),
    creatorId: subscription.creatorId,
    includeResourceData: subscription.includeResourceData,
    latestSupportedTlsVersion: subscription.latestSupportedTlsVersion,
    encryptionCertificate: null,
    encryptionCertificateId: subscription.certificate?.id ?? null,
    notificationUrlAppId: null,
    notificationContentType: 'application/json',
  };
}
