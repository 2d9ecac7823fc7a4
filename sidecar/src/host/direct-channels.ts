import { LRUCache } from 'lru-cache';
import type { HookPost } from './protocol/connection.ts';
import type { HostApi } from './protocol/host-api.ts';

/** Channels whose kind is remembered; a channel never changes from or to a direct one with the bot. */
const REMEMBERED = 20_000;
const BOT_KEY = 'mmi_botid';

/**
 * Mattermost tells every post of the whole server; only what people write to the bot is the service's business. One question per
 * channel, and none for a post of the bot itself.
 */
export function createDirectChannels(api: Pick<HostApi, 'channel' | 'kvGet'>) {
  const known = new LRUCache<string, boolean>({ max: REMEMBERED });
  let botId: Promise<string> | undefined;

  async function bot(): Promise<string> {
    // `EnsureBotUser` keeps the id under this key (server/channels/app/plugin_api.go).
    botId ??= api.kvGet(BOT_KEY).then((id) => id?.toString('utf8') ?? '');
    const id = await botId;
    if (id === '') botId = undefined;
    return id;
  }

  return {
    isWithBot: async ({ channelId, userId }: HookPost): Promise<boolean> => {
      const id = await bot();
      if (id === '' || userId === id) return false;
      const remembered = known.get(channelId);
      if (remembered !== undefined) return remembered;
      const { type, name } = await api.channel(channelId);
      const isDirect = type === 'D' && name.split('__').includes(id);
      known.set(channelId, isDirect);
      return isDirect;
    },
  };
}
