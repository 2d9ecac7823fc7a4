import { randomUUID } from 'node:crypto';
import type { ChangeType, Json, Subscription } from '../types.ts';

/** What became of one try to deliver: an HTTP status, `timeout`, or the name of a network error. */
export interface Attempt {
  at: string;
  result: number | string;
  milliseconds: number;
}

export type ItemStatus = 'queued' | 'inFlight' | 'held' | 'acknowledged' | 'lost';

/** One notification on its way. `held` waits for the subscription's token; `lost` will never arrive, with the reason why. */
export interface Item {
  id: string;
  subscription: Subscription;
  url: string;
  kind: 'change' | 'lifecycle';
  changeType: ChangeType | null;
  chatId: string | null;
  messageId: string | null;
  /** The entry of `value`; emptied when it is settled. */
  wire: Json | null;
  queuedAt: number;
  attempts: Attempt[];
  status: ItemStatus;
  reason: string | null;
}

/** A fresh item in the queue. */
export function newItem(
  draft: Pick<Item, 'subscription' | 'url' | 'kind' | 'wire' | 'queuedAt'> & Partial<Item>,
): Item {
  const blank = {
    changeType: null,
    chatId: null,
    messageId: null,
    attempts: [],
    status: 'queued' as const,
    reason: null,
  };
  return { ...blank, ...draft, id: randomUUID() };
}
