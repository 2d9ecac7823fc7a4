import type { FastifyInstance } from 'fastify';
import { idParam, objectBody, param, text } from '../http/body.ts';
import { ApiError, forbidden } from '../http/errors.ts';
import { actor, ownUserParam } from '../http/session.ts';
import type { Post, Reaction } from '../state/model.ts';
import { canPost } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { checkEmojiName, readablePost } from './posts.ts';

/** Reactions to posts. Emoji names are checked by form only. */
export function reactionRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.post('/reactions', async (request) => {
    const who = actor(state, request);
    const body = objectBody(request, 'reaction');
    const emojiName = text(body, 'emoji_name');
    checkEmojiName(emojiName);
    if (text(body, 'user_id') !== who.user.id) {
      throw new ApiError(403, 'api.reaction.save_reaction.user_id.app_error', {
        message: 'You cannot save reaction for the other user.',
      });
    }
    const post = readablePost(state, who, text(body, 'post_id'));
    const channel = store.channels.get(post.channel_id);
    if (!channel || !canPost(store, who.user, channel)) throw forbidden('add_reaction');
    return addReaction(state, post, { userId: who.user.id, emojiName });
  });
  app.get('/posts/:post_id/reactions', async (request) => {
    const post = readablePost(state, actor(state, request), idParam(request, 'post_id'));
    return store.reactions.get(post.id) ?? [];
  });
  app.delete('/users/:user_id/posts/:post_id/reactions/:emoji_name', async (request) => {
    const who = actor(state, request);
    const userId = ownUserParam(request, who);
    const post = readablePost(state, who, idParam(request, 'post_id'));
    const emojiName = param(request, 'emoji_name');
    const reactions = store.reactions.get(post.id) ?? [];
    const gone = reactions.find((item) => item.user_id === userId && item.emoji_name === emojiName);
    if (gone) {
      store.reactions.set(
        post.id,
        reactions.filter((item) => item !== gone),
      );
      publish(state, 'reaction_removed', gone);
    }
    return { status: 'OK' };
  });
}

function addReaction(state: MattermostState, post: Post, what: { userId: string; emojiName: string }): Reaction {
  const reactions = state.store.reactions.get(post.id) ?? [];
  const known = reactions.find((item) => item.user_id === what.userId && item.emoji_name === what.emojiName);
  if (known) return known;
  const names = new Set(reactions.map((item) => item.emoji_name)).add(what.emojiName);
  if (names.size > state.config.ServiceSettings.UniqueEmojiReactionLimitPerPost) {
    throw new ApiError(400, 'app.reaction.save.save.too_many_reactions', {
      message: 'Reaction limit has been reached for this post.',
    });
  }
  const now = state.now();
  const reaction: Reaction = {
    user_id: what.userId,
    post_id: post.id,
    emoji_name: what.emojiName,
    create_at: now,
    update_at: now,
    delete_at: 0,
    remote_id: '',
    channel_id: post.channel_id,
  };
  state.store.reactions.set(post.id, [...reactions, reaction]);
  publish(state, 'reaction_added', reaction);
  return reaction;
}

function publish(state: MattermostState, event: string, reaction: Reaction): void {
  state.hub.publish(event, { channelId: reaction.channel_id }, () => ({ reaction: JSON.stringify(reaction) }));
}
