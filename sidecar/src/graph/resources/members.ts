import { createCache } from '../../core/cache.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { HOUR } from '../../core/time.ts';
import type { GraphClient } from '../client/client.ts';
import { readPages } from '../client/paging.ts';
import { readMembers } from '../wire/lists.ts';

export interface MembersDeps {
  client: Pick<GraphClient, 'get'>;
  appToken: { get(): Promise<string> };
  /** The tenant of the app registration. */
  tid: string;
  clock: Clock;
}

/** The members of a chat, for FEED=tenant. */
export interface Members {
  /** Object ids, lower-case. @throws {AppError} admin_consent_needed without the permission, others as `GraphClient` */
  of(chatId: string): Promise<string[]>;
  /** Call when a member joined or left. */
  forget(chatId: string): void;
}

/** Every change comes as a message too; the hour is for a message that was lost. */
const FRESH_FOR = HOUR;
const MAX_REMEMBERED = 50_000;

const ONE_TO_ONE = /^19:([0-9a-f-]{36})_([0-9a-f-]{36})@unq\.gbl\.spaces$/i;

/** The two members of a one-to-one chat, whose id names them and who never change; null for other chats. */
export function membersOfId(chatId: string): string[] | null {
  const [, one, other] = ONE_TO_ONE.exec(chatId) ?? [];
  return one !== undefined && other !== undefined ? [one.toLowerCase(), other.toLowerCase()] : null;
}

/**
 * Reads all members with the application's token; `$expand` on a chat returns at most 25.
 * https://learn.microsoft.com/graph/api/chat-list-members
 */
export function createMembers(deps: MembersDeps): Members {
  const cache = createCache<string[]>({ clock: deps.clock, maxEntries: MAX_REMEMBERED, ttlMs: FRESH_FOR });
  return {
    of: async (chatId) => membersOfId(chatId) ?? cache.get(chatId, () => load(deps, chatId)),
    forget: cache.forget,
  };
}

async function load({ client, appToken, tid }: MembersDeps, chatId: string): Promise<string[]> {
  try {
    const path = `/chats/${encodeURIComponent(chatId)}/members`;
    const scope = { operation: 'GET members', tid, user: null, chat: chatId } as const;
    const oids: string[] = [];
    for await (const page of readPages(client, { ...scope, token: () => appToken.get(), path })) {
      oids.push(...readMembers(page).flatMap(({ oid }) => oid ?? []));
    }
    return oids;
  } catch (error) {
    const { code, fields } = toAppError(error);
    if (code !== 'microsoft_refused') throw error;
    throw new AppError('admin_consent_needed', 'The application may not read the members of a chat.', {
      cause: error,
      remedy: 'Grant the application permission Chat.Read.All with admin consent, or set FEED=personal.',
      ...(fields ? { fields } : {}),
    });
  }
}
