import type { Clock } from '../core/time.ts';
import type { HostApi } from './protocol/host-api.ts';
import { withSharedLock } from './shared-lock.ts';

/** The bot that writes to people, and the token with which the service does so over REST. */
export interface BotAccount {
  userId: string;
  token: string;
}

export interface BotAccountOptions {
  api: HostApi;
  clock: Clock;
  /** PNG or SVG bytes of the bot's picture. */
  picture: Buffer;
  /** Whether Mattermost takes the token; false makes another one, and the refused one is revoked. */
  isAccepted(token: string): Promise<boolean>;
}

const BOT = {
  username: 'msteams',
  displayName: 'Microsoft Teams',
  description: 'Brings your Microsoft Teams chats to Mattermost while you are away from Teams.',
};
const TOKEN_KEY = 'bot_token';
const TOKEN_DESCRIPTION = 'Microsoft Teams for Mattermost: the bot writes its direct messages with it.';

/**
 * The bot and its one token, made at the first start. Every call of `CreateUserAccessToken` makes another token that stays, so the first
 * is kept among the plugin's keys; two nodes that start at the same moment wait for each other.
 */
export async function provideBot({ api, clock, picture, isAccepted }: BotAccountOptions): Promise<BotAccount> {
  return withSharedLock(api, { name: 'bot', clock }, async () => {
    const known = await keptToken(api);
    const userId = await api.ensureBot(BOT);
    if (known?.userId === userId && (await isAccepted(known.token))) return { userId, token: known.token };
    if (known === null) await api.setProfileImage(userId, picture);
    const { id, token } = await api.createAccessToken(userId, TOKEN_DESCRIPTION);
    const kept = Buffer.from(JSON.stringify({ id, token, userId }));
    await api.kvCompareAndSet(TOKEN_KEY, await api.kvGet(TOKEN_KEY), kept);
    // The one before may be gone already: an administrator may have revoked it.
    if (known !== null) await api.revokeAccessToken(known.id).catch(() => {});
    return { userId, token };
  });
}

async function keptToken(api: HostApi): Promise<{ id: string; token: string; userId: string } | null> {
  const kept = await api.kvGet(TOKEN_KEY);
  if (kept === null) return null;
  const { id, token, userId } = JSON.parse(kept.toString('utf8')) as Record<string, unknown>;
  return typeof id === 'string' && typeof token === 'string' && typeof userId === 'string'
    ? { id, token, userId }
    : null;
}
