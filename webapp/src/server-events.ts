import type { Model } from './actions.ts';
import type { Registry, SocketMessage } from './host.ts';

export interface ListenDeps {
  model: Pick<Model, 'touch'>;
  /** The bot's user id, once it is known. */
  botUserId(): string | undefined;
}

/**
 * Listens to Mattermost's own events: what the bot posts or changes, and answers to commands given on another device, may change what an
 * open view shows.
 */
export function listen(registry: Registry, { model, botUserId }: ListenDeps): void {
  const byBot = ({ data }: SocketMessage) => {
    if (authorOf(data.post) === botUserId()) model.touch();
  };
  registry.registerWebSocketEventHandler('posted', byBot);
  registry.registerWebSocketEventHandler('post_edited', byBot);
  registry.registerWebSocketEventHandler('ephemeral_message', () => model.touch());
  registry.registerReconnectHandler(() => model.touch());
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
