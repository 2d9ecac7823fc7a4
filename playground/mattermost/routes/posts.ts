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
import type { World } from '../state/state.ts';
import { readableChannel } from './channels.ts';

/** Posts: create, change, delete, read; ephemeral ones for administrators. */
export function postRoutes(app: FastifyInstance, world: World): void {
  createRoutes(app, world);
  changeRoutes(app, world);
  readRoutes(app, world);
}

/** The living post, if the session may read it. */
export function readablePost(world: World, who: Actor, postId: string): Post {
  const post = world.store.posts.get(postId);
  if (post?.delete_at !== 0) throw missing('app.post.get.app_error', 'post');
  const channel = world.store.channels.get(post.channel_id);
  if (!channel || !canRead(world.store, who.user, channel)) throw forbidden('read_channel_content');
  return post;
}

function createRoutes(app: FastifyInstance, world: World): void {
  app.post('/posts', { config: { waitsItself: true } }, async (request, reply) => {
    const { user } = actor(world, request);
    const input = readPost(objectBody(request, 'post'));
    const { slowMs } = request;
    const askedAt = world.now();
    const work = slowMs === 0 ? {} : { work: () => new Promise<void>((resolve) => setTimeout(resolve, slowMs)) };
    const post = await createPost(world, user, { input, ...work });
    if (!world.store.postAskedAt.has(post.id)) world.store.postAskedAt.set(post.id, askedAt);
    if (!/^(0|f|false)$/i.test(query(request, 'set_online')))
      setStatus(world, user.id, { status: 'online', manual: false });
    reply.code(201);
    return { ...clientPost(world.store, post), pending_post_id: post.pending_post_id };
  });
  app.post('/posts/ephemeral', async (request, reply) => {
    const body = objectBody(request, 'body');
    const receiver = text(body, 'user_id');
    const { post } = body;
    actor(world, request);
    if (receiver === '') throw invalidBody('user_id');
    if (!isObject(post)) throw invalidBody('post');
    const who = adminActor(world, request, 'create_post_ephemeral');
    reply.code(201);
    return sendEphemeral(world, receiver, {
      userId: who.user.id,
      channelId: text(post, 'channel_id'),
      rootId: text(post, 'root_id'),
      message: text(post, 'message'),
      props: readProps(post.props),
    });
  });
}

function changeRoutes(app: FastifyInstance, world: World): void {
  app.put('/posts/:post_id/patch', async (request) => {
    const { user } = actor(world, request);
    const patch = readPatch(objectBody(request, 'post'));
    const post = editablePost(world, user, idParam(request, 'post_id'));
    return clientPost(world.store, patchPost(world, post, patch));
  });
  app.put('/posts/:post_id', async (request) => {
    const { user } = actor(world, request);
    const body = objectBody(request, 'post');
    const id = idParam(request, 'post_id');
    if (text(body, 'id') !== id) throw invalidBody('id');
    const post = editablePost(world, user, id);
    const { message = '', props = {} } = body;
    return clientPost(world.store, patchPost(world, post, readPatch({ ...body, message, props: props ?? {} })));
  });
  app.delete('/posts/:post_id', async (request) => {
    const who = actor(world, request);
    const post = world.store.posts.get(idParam(request, 'post_id'));
    if (post?.delete_at !== 0) throw missing('app.post.get.app_error', 'post');
    deletePost(world, who.user, post);
    return { status: 'OK' };
  });
  app.post('/posts/:post_id/pin', async (request) =>
    pin(request.url, actor(world, request), idParam(request, 'post_id')),
  );
  app.post('/posts/:post_id/unpin', async (request) =>
    pin(request.url, actor(world, request), idParam(request, 'post_id')),
  );
  function pin(url: string, who: Actor, postId: string) {
    patchPost(world, readablePost(world, who, postId), { isPinned: !url.endsWith('/unpin') });
    return { status: 'OK' };
  }
}

function readRoutes(app: FastifyInstance, world: World): void {
  const { store } = world;
  app.get('/posts/:post_id', async (request) =>
    clientPost(store, readablePost(world, actor(world, request), idParam(request, 'post_id'))),
  );
  app.get('/posts/:post_id/thread', async (request) =>
    threadOf(store, readablePost(world, actor(world, request), idParam(request, 'post_id'))),
  );
  app.get('/posts/:post_id/files/info', async (request) =>
    filesOf(store, readablePost(world, actor(world, request), idParam(request, 'post_id'))),
  );
  app.post('/posts/ids', async (request) => {
    const who = actor(world, request);
    const posts = stringsBody(request, 'post_ids').flatMap((id) => store.posts.get(id) ?? []);
    return posts
      .filter((post) => {
        const channel = store.channels.get(post.channel_id);
        return post.delete_at === 0 && channel !== undefined && canRead(store, who.user, channel);
      })
      .map((post) => clientPost(store, post));
  });
  app.get('/channels/:channel_id/posts', async (request) => {
    const who = actor(world, request);
    const channelId = idParam(request, 'channel_id');
    const [after, before] = [query(request, 'after'), query(request, 'before')];
    if (after !== '' && !isId(after)) throw invalidBody('after');
    if (before !== '' && !isId(before)) throw invalidBody('before');
    const since = query(request, 'since');
    if (!/^-?\d*$/.test(since)) throw invalidBody('since');
    const channel = readableChannel(world, who, channelId);
    const { page, perPage } = paging(request);
    return listPosts(store, channel.id, { since: Number(since), after, before, page, perPage });
  });
  app.get('/users/:user_id/channels/:channel_id/posts/unread', async (request) => {
    const channel = readableChannel(world, actor(world, request), idParam(request, 'channel_id'));
    return listPosts(store, channel.id, { since: 0, after: '', before: '', page: 0, perPage: 60 });
  });
}

/** Refuses a reaction name Mattermost would refuse by its form. */
export function checkEmojiName(name: string): void {
  if (/^[a-z0-9_+-]{1,64}$/.test(name)) return;
  throw new ApiError(400, 'model.reaction.is_valid.emoji_name.app_error', { message: 'Invalid emoji name.' });
}
