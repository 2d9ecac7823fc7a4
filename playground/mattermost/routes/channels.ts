import type { FastifyInstance } from 'fastify';
import { idParam, objectBody, paging, param, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { type Actor, actor, ownUserParam, userParam } from '../http/session.ts';
import { isId } from '../state/ids.ts';
import type { Channel } from '../state/model.ts';
import { directChannel } from '../state/people.ts';
import { canRead, hasRole, isAdmin, shareTeam } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

/** Direct channels and reading channels; making team channels is left out. */
export function channelRoutes(app: FastifyInstance, state: MattermostState): void {
  directRoute(app, state);
  oneChannelRoutes(app, state);
  myChannelRoutes(app, state);
}

/** The channel, if it exists and the session may read it. */
export function readableChannel(state: MattermostState, who: Actor, channelId: string): Channel {
  const channel = state.store.channels.get(channelId);
  if (!channel) throw missing('app.channel.get.existing.app_error', 'channel');
  if (!canRead(state.store, who.user, channel)) throw forbidden('read_channel_content');
  return channel;
}

function directRoute(app: FastifyInstance, state: MattermostState): void {
  app.post('/channels/direct', async (request, reply) => {
    const who = actor(state, request);
    const ids = stringsBody(request, 'user_ids');
    const [one = '', other = ''] = ids;
    if (ids.length !== 2 || !isId(one) || !isId(other)) throw invalidBody('user_ids');
    if (!ids.includes(who.user.id) && !isAdmin(who.user)) throw forbidden('manage_system');
    for (const id of ids) if (!state.store.users.has(id)) throw missing('app.user.missing_account.const', 'user');
    const partner = one === who.user.id ? other : one;
    if (state.config.TeamSettings.RestrictDirectMessage === 'team' && !shareTeam(state.store, who.user.id, partner)) {
      throw new ApiError(403, 'api.channel.create_channel.direct_channel.team_restricted_error', {
        message: 'A direct channel cannot be created between these users because they do not share a team in common.',
      });
    }
    const { channel, isNew } = directChannel(state.store, [one, other], state.now());
    if (isNew) {
      state.hub.publish('direct_added', { channelId: channel.id }, () => ({
        creator_id: who.user.id,
        teammate_id: partner,
      }));
    }
    reply.code(201);
    return channel;
  });
}

function oneChannelRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/channels/:channel_id', async (request) =>
    readableChannel(state, actor(state, request), idParam(request, 'channel_id')),
  );
  app.get('/teams/:team_id/channels/name/:name', async (request) => {
    const who = actor(state, request);
    const id = store.channelIdByName.get(`${idParam(request, 'team_id')}/${param(request, 'name')}`);
    return readableChannel(state, who, id ?? '');
  });
  app.get('/teams/:team_id/channels', async (request) => {
    const who = actor(state, request);
    const teamId = idParam(request, 'team_id');
    const { from, to } = paging(request);
    const channels = [...store.channels.values()].filter((item) => item.team_id === teamId && item.type === 'O');
    return channels.filter((channel) => canRead(store, who.user, channel)).slice(from, to);
  });
  app.get('/channels/:channel_id/stats', async (request) => {
    const channel = readableChannel(state, actor(state, request), idParam(request, 'channel_id'));
    const member_count = store.channelMembers.get(channel.id)?.size ?? 0;
    return { channel_id: channel.id, member_count, guest_count: 0, pinnedpost_count: 0, files_count: 0 };
  });
  app.get('/channels/:channel_id/members', async (request) => {
    const channel = readableChannel(state, actor(state, request), idParam(request, 'channel_id'));
    const { from, to } = paging(request);
    const ids = [...(store.channelMembers.get(channel.id)?.keys() ?? [])];
    return ids.slice(from, to).map((id) => channelMember(state, channel, id));
  });
  app.get('/channels/:channel_id/members/:user_id', async (request) => {
    const who = actor(state, request);
    const channel = readableChannel(state, who, idParam(request, 'channel_id'));
    const id = userParam(request, who);
    if (!store.channelMembers.get(channel.id)?.has(id))
      throw missing('app.channel.get_member.missing.app_error', 'channel member');
    return channelMember(state, channel, id);
  });
}

function myChannelRoutes(app: FastifyInstance, state: MattermostState): void {
  const channelsOf = (userId: string) =>
    [...(state.store.channelsOfUser.get(userId) ?? [])].flatMap((id) => state.store.channels.get(id) ?? []);
  const inTeam = (userId: string, teamId: string) =>
    channelsOf(userId).filter((channel) => channel.team_id === '' || channel.team_id === teamId);
  app.get('/users/:user_id/channels', async (request) => channelsOf(ownUserParam(request, actor(state, request))));
  app.get('/users/:user_id/channel_members', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const { from, to } = paging(request);
    return channelsOf(id)
      .slice(from, to)
      .map((channel) => channelMember(state, channel, id));
  });
  app.get('/users/:user_id/teams/:team_id/channels', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    return inTeam(id, idParam(request, 'team_id'));
  });
  app.get('/users/:user_id/teams/:team_id/channels/members', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    return inTeam(id, idParam(request, 'team_id')).map((channel) => channelMember(state, channel, id));
  });
  app.post('/channels/members/:user_id/view', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const channelId = text(objectBody(request, 'channel_view'), 'channel_id');
    const channel = state.store.channels.get(channelId);
    const read = state.store.channelMembers.get(channelId)?.get(id);
    if (!channel || !read) return { status: 'OK', last_viewed_at_times: {} };
    read.lastViewedAt = state.now();
    read.messages = channel.total_msg_count;
    state.hub.publish('multiple_channels_viewed', { userId: id }, () => ({
      channel_times: { [channelId]: read.lastViewedAt },
    }));
    return { status: 'OK', last_viewed_at_times: { [channelId]: channel.last_post_at } };
  });
}

function channelMember(state: MattermostState, channel: Channel, userId: string) {
  const read = state.store.channelMembers.get(channel.id)?.get(userId) ?? { lastViewedAt: 0, messages: 0 };
  const isGuest = hasRole(state.store.users.get(userId)?.roles ?? '', 'system_guest');
  return {
    channel_id: channel.id,
    user_id: userId,
    roles: isGuest ? 'channel_guest' : 'channel_user',
    last_viewed_at: read.lastViewedAt,
    msg_count: read.messages,
    msg_count_root: read.messages,
    // In a direct channel every unread message counts as a mention.
    mention_count: channel.type === 'D' ? Math.max(0, channel.total_msg_count - read.messages) : 0,
    mention_count_root: channel.type === 'D' ? Math.max(0, channel.total_msg_count - read.messages) : 0,
    urgent_mention_count: 0,
    notify_props: {
      desktop: 'default',
      email: 'default',
      ignore_channel_mentions: 'default',
      mark_unread: 'all',
      push: 'default',
    },
    last_update_at: 0,
    scheme_guest: isGuest,
    scheme_user: !isGuest,
    scheme_admin: false,
    explicit_roles: '',
  };
}
