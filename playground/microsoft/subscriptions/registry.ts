import type { ChangeType, Subscription } from '../types.ts';

/** The subscriptions there are, found by what they watch. */
export interface Registry {
  add(subscription: Subscription): void;
  remove(id: string): Subscription | null;
  get(id: string): Subscription | null;
  all(): Subscription[];
  /** Everything that watches a message of this chat. */
  watching(chat: { tid: string; id: string; members: readonly string[] }, changeType: ChangeType): Subscription[];
  /** The subscription for the same app, watched thing and change types. */
  twin(key: string): string | null;
  /** Keeps a combination from being created twice while its handshake runs; returns what frees it. */
  reserve(key: string, id: string): () => void;
  countFor(scopeKey: string): number;
  size(): number;
}

/** Names the combination that may exist once. */
export function twinKey(
  subscription: Pick<Subscription, 'clientId' | 'resource' | 'changeTypes' | 'creatorId'>,
): string {
  const { clientId, resource, changeTypes, creatorId } = subscription;
  return [clientId, creatorId, resource.toLowerCase(), changeTypes.toSorted().join(',')].join(' ');
}

/** Names what a subscription watches. */
export function scopeKey(scope: Subscription['scope']): string {
  if (scope.of === 'tenant') return `tenant ${scope.tid}`;
  return scope.of === 'person' ? `person ${scope.oid}` : `chat ${scope.chatId}`;
}

/** No subscriptions yet. */
export function createRegistry(): Registry {
  const byId = new Map<string, Subscription>();
  const byScope = new Map<string, Set<Subscription>>();
  const taken = new Map<string, string>();
  return {
    get: (id) => byId.get(id) ?? null,
    all: () => [...byId.values()],
    size: () => byId.size,
    twin: (key) => taken.get(key) ?? null,
    countFor: (key) => byScope.get(key)?.size ?? 0,
    reserve: (key, id) => {
      taken.set(key, id);
      return () => {
        if (!byId.has(id)) taken.delete(key);
      };
    },
    add: (subscription) => {
      byId.set(subscription.id, subscription);
      taken.set(twinKey(subscription), subscription.id);
      const key = scopeKey(subscription.scope);
      byScope.set(key, (byScope.get(key) ?? new Set()).add(subscription));
    },
    remove: (id) => {
      const subscription = byId.get(id);
      if (!subscription) return null;
      byId.delete(id);
      taken.delete(twinKey(subscription));
      byScope.get(scopeKey(subscription.scope))?.delete(subscription);
      return subscription;
    },
    watching: (chat, changeType) => {
      const keys = [`tenant ${chat.tid}`, `chat ${chat.id}`, ...chat.members.map((oid) => `person ${oid}`)];
      return keys.flatMap((key) => [...(byScope.get(key) ?? [])].filter((s) => s.changeTypes.includes(changeType)));
    },
  };
}
