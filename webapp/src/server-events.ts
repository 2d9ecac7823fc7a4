import type { Actions } from './actions.ts';
import type { Registry, SocketMessage } from './host.ts';

export interface ServerEventsDeps {
  actions: Pick<Actions, 'markStale'>;
  /** The bot's user id; undefined until loaded. */
  botUserId(): string | undefined;
}

/**
 * Marks the state as stale on Mattermost's WebSocket events that may mean a change: a post of the bot, its edit, a reply to a command on
 * another device, a reconnect.
 */
export function listenToServerEvents(registry: Registry, { actions, botUserId }: ServerEventsDeps): void {
  const byBot = ({ data }: SocketMessage) => {
    if (authorOf(data.post) === botUserId()) actions.markStale();
  };
  registry.registerWebSocketEventHandler('posted', byBot);
  registry.registerWebSocketEventHandler('post_edited', byBot);
  registry.registerWebSocketEventHandler('ephemeral_message', () => actions.markStale());
  registry.registerReconnectHandler(() => actions.markStale());
}

/** The author of a post, which the WebSocket message holds as JSON text. */
function authorOf(post: unknown): unknown {
  if (typeof post !== 'string') return null;
  try {
    return (JSON.parse(post) as { user_id?: unknown } | null)?.user_id;
  } catch {
    return null;
  }
}
