import type { Item, ItemStatus } from './item.ts';

/** Remembers what became of every notification. */
export interface Ledger {
  add(item: Item): void;
  mark(item: Item, status: ItemStatus, reason?: string): void;
  refused(): void;
  /** A notification that a fault swallowed before it was queued. */
  swallowed(): void;
  sent(url: string, body: string): void;
  last(): { url: string; body: string } | null;
  counts(): Record<string, number>;
  find(filter: { chat?: string | undefined; message?: string | undefined }): object[];
}

const KEPT = 100_000;

/** Nothing sent yet; settled items are forgotten after a hundred thousand. */
export function createLedger(): Ledger {
  let items: Item[] = [];
  let last: { url: string; body: string } | null = null;
  let refused = 0;
  const counts: Record<ItemStatus, number> = { queued: 0, inFlight: 0, held: 0, acknowledged: 0, lost: 0 };
  return {
    add: (item) => {
      if (items.length >= KEPT) items = items.slice(KEPT / 2);
      items.push(item);
      counts[item.status] += 1;
    },
    mark: (item, status, reason) => {
      counts[item.status] -= 1;
      counts[status] += 1;
      item.status = status;
      item.reason = reason ?? null;
      // What is settled is never sent again; its ciphertext would only fill the memory.
      if (status === 'acknowledged' || status === 'lost') item.wire = null;
    },
    refused: () => {
      refused += 1;
    },
    swallowed: () => {
      counts.lost += 1;
    },
    sent: (url, body) => {
      last = { url, body };
    },
    last: () => last,
    counts: () => ({ ...counts, refused }),
    find: ({ chat, message }) =>
      items
        .filter((item) => chat === undefined || item.chatId === chat)
        .filter((item) => message === undefined || item.messageId === message)
        .map(({ id, subscription, url, kind, changeType, chatId, messageId, attempts, status, reason }) => {
          const subscriptionId = subscription.id;
          return { id, subscriptionId, url, kind, changeType, chatId, messageId, attempts, status, reason };
        }),
  };
}
