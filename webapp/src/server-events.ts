import type { Actions } from './actions.ts';
import type { Registry, SocketMessage } from './host.ts';

export interface ServerEventsDeps {
  actions: Pick<Actions, 'markStale'>;
  /** The bot's user id, once it is known. */
  botUserId(): string | undefined;
}

/**
 * Listens to Mattermost's own events: what the bot posts or changes, and answers to commands given on another device, may change what an
 * open view shows.
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

/** The author of a post as the socket carries it: JSON text. */
function authorOf(post: unknown): unknown {
  if (typeof post !== 'string') return null;
  try {
    return (JSON.parse(post) as { user_id?: unknown } | null)?.user_id;
  } catch {
    return null;
  }
}
