import type { FastifyInstance } from 'fastify';
import { idParam, isObject, objectBody, paging, query, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { type Actor, actor, adminActor } from '../http/session.ts';
import { deletePost, editablePost, patchPost, readPatch } from '../posts/change.ts';
import { createPost } from '../posts/create.ts';
import { sendEphemeral } from '../posts/events.ts';
import { readPost, readProps } from '../posts/input.ts';
import { listPosts, threadOf } from '../posts/list.ts';
import { clientPost, filesOf } from '../posts/wire.ts';
import { setStatus } from '../socket/status.ts';
import { isId } from '../state/ids.ts';
import type { Post } from '../state/model.ts';
import { canRead } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { readableChannel } from './channels.ts';

/** Posts: create, change, delete, read; ephemeral ones for administrators. */
export function postRoutes(app: FastifyInstance, state: MattermostState): void {
  createRoutes(app, state);
  changeRoutes(app, state);
  readRoutes(app, state);
}

/** The living post, if the session may read it. */
export function readablePost(state: MattermostState, who: Actor, postId: string): Post {
  const post = state.store.posts.get(postId);
  if (post?.delete_at !== 0) throw missing('app.post.get.app_error', 'post');
  const channel = state.store.channels.get(post.channel_id);
  if (!channel || !canRead(state.store, who.user, channel)) throw forbidden('read_channel_content');
  return post;
}

function createRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/posts', { config: { waitsItself: true } }, async (request, reply) => {
    const { user } = actor(state, request);
    const input = readPost(objectBody(request, 'post'));
    const { slowMs } = request;
    const askedAt = state.now();
    const work = slowMs === 0 ? {} : { work: () => new Promise<void>((resolve) => setTimeout(resolve, slowMs)) };
    const post = await createPost(state, user, { input, ...work });
    if (!state.store.postAskedAt.has(post.id)) state.store.postAskedAt.set(post.id, askedAt);
    if (!/^(0|f|false)$/i.test(query(request, 'set_online')))
      setStatus(state, user.id, { status: 'online', manual: false });
    reply.code(201);
    return { ...clientPost(state.store, post), pending_post_id: post.pending_post_id };
  });
  app.post('/posts/ephemeral', async (request, reply) => {
    const body = objectBody(request, 'body');
    const receiver = text(body, 'user_id');
    const { post } = body;
    actor(state, request);
    if (receiver === '') throw invalidBody('user_id');
    if (!isObject(post)) throw invalidBody('post');
    const who = adminActor(state, request, 'create_post_ephemeral');
    reply.code(201);
    return sendEphemeral(state, receiver, {
      userId: who.user.id,
      channelId: text(post, 'channel_id'),
      rootId: text(post, 'root_id'),
      message: text(post, 'message'),
      props: readProps(post.props),
    });
  });
}

function changeRoutes(app: FastifyInstance, state: MattermostState): void {
  app.put('/posts/:post_id/patch', async (request) => {
    const { user } = actor(state, request);
    const patch = readPatch(objectBody(request, 'post'));
    const post = editablePost(state, user, idParam(request, 'post_id'));
    return clientPost(state.store, patchPost(state, post, patch));
  });
  app.put('/posts/:post_id', async (request) => {
    const { user } = actor(state, request);
    const body = objectBody(request, 'post');
    const id = idParam(request, 'post_id');
    if (text(body, 'id') !== id) throw invalidBody('id');
    const post = editablePost(state, user, id);
    const { message = '', props = {} } = body;
    return clientPost(state.store, patchPost(state, post, readPatch({ ...body, message, props: props ?? {} })));
  });
  app.delete('/posts/:post_id', async (request) => {
    const who = actor(state, request);
    const post = state.store.posts.get(idParam(request, 'post_id'));
    if (post?.delete_at !== 0) throw missing('app.post.get.app_error', 'post');
    deletePost(state, who.user, post);
    return { status: 'OK' };
  });
  app.post('/posts/:post_id/pin', async (request) =>
    pin(request.url, actor(state, request), idParam(request, 'post_id')),
  );
  app.post('/posts/:post_id/unpin', async (request) =>
    pin(request.url, actor(state, request), idParam(request, 'post_id')),
  );
  function pin(url: string, who: Actor, postId: string) {
    patchPost(state, readablePost(state, who, postId), { isPinned: !url.endsWith('/unpin') });
    return { status: 'OK' };
  }
}

function readRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/posts/:post_id', async (request) =>
    clientPost(store, readablePost(state, actor(state, request), idParam(request, 'post_id'))),
  );
  app.get('/posts/:post_id/thread', async (request) =>
    threadOf(store, readablePost(state, actor(state, request), idParam(request, 'post_id'))),
  );
  app.get('/posts/:post_id/files/info', async (request) =>
    filesOf(store, readablePost(state, actor(state, request), idParam(request, 'post_id'))),
  );
  app.post('/posts/ids', async (request) => {
    const who = actor(state, request);
    const posts = stringsBody(request, 'post_ids').flatMap((id) => store.posts.get(id) ?? []);
    return posts
      .filter((post) => {
        const channel = store.channels.get(post.channel_id);
        return post.delete_at === 0 && channel !== undefined && canRead(store, who.user, channel);
      })
      .map((post) => clientPost(store, post));
  });
  app.get('/channels/:channel_id/posts', async (request) => {
    const who = actor(state, request);
    const channelId = idParam(request, 'channel_id');
    const [after, before] = [query(request, 'after'), query(request, 'before')];
    if (after !== '' && !isId(after)) throw invalidBody('after');
    if (before !== '' && !isId(before)) throw invalidBody('before');
    const since = query(request, 'since');
    if (!/^-?\d*$/.test(since)) throw invalidBody('since');
    const channel = readableChannel(state, who, channelId);
    const { page, perPage } = paging(request);
    return listPosts(store, channel.id, { since: Number(since), after, before, page, perPage });
  });
  app.get('/users/:user_id/channels/:channel_id/posts/unread', async (request) => {
    const channel = readableChannel(state, actor(state, request), idParam(request, 'channel_id'));
    return listPosts(store, channel.id, { since: 0, after: '', before: '', page: 0, perPage: 60 });
  });
}

/** Refuses a reaction name Mattermost would refuse by its form. */
export function checkEmojiName(name: string): void {
  if (/^[a-z0-9_+-]{1,64}$/.test(name)) return;
  throw new ApiError(400, 'model.reaction.is_valid.emoji_name.app_error', { message: 'Invalid emoji name.' });
}
