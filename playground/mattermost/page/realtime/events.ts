import { ChannelTypes, PostTypes, PreferenceTypes, TeamTypes, UserTypes } from 'mattermost-redux/action_types';
import { requestOr } from '../api.ts';
import type { SocketEvent } from '../plugins/context.ts';
import type { PluginLoader } from '../plugins/loader.ts';
import { loadChannel, loadPeople, viewChannel } from '../store/load.ts';
import type { AppStore, ClientManifest, Post, Preference, Reaction, Team, User } from '../types.ts';
import { notifyDesktop } from './notify.ts';

/** What handling an event may touch. */
export interface EventContext {
  store: AppStore;
  loader: PluginLoader;
  openDialog: (dialog: unknown) => void;
}

type Handler = (context: EventContext, data: Record<string, unknown>, message: SocketEvent) => void | Promise<void>;

function parse<T>(value: unknown): T {
  return (typeof value === 'string' ? JSON.parse(value) : value) as T;
}

function isWatching(store: AppStore, channelId: string): boolean {
  return store.getState().entities.channels.currentChannelId === channelId && document.hasFocus();
}

/** Counts a post of another user as unread; the channel on screen counts as read at once. */
async function countUnread(store: AppStore, post: Post, mentioned: boolean): Promise<void> {
  const root = post.root_id === '' ? 1 : 0;
  const counts = { channelId: post.channel_id, amount: 1, amountRoot: root };
  store.dispatch({ type: ChannelTypes.INCREMENT_TOTAL_MSG_COUNT, data: counts });
  if (post.user_id === store.getState().entities.users.currentUserId || isWatching(store, post.channel_id)) {
    await viewChannel(store, store.getState().entities.channels.currentChannelId);
    return;
  }
  if (!mentioned) return;
  const { teamId } = { teamId: store.getState().entities.channels.channels[post.channel_id]?.team_id ?? '' };
  store.dispatch({
    type: ChannelTypes.INCREMENT_UNREAD_MENTION_COUNT,
    data: { ...counts, teamId, amountUrgent: 0, fetchedChannelMember: false },
  });
}

async function onPosted({ store }: EventContext, data: Record<string, unknown>): Promise<void> {
  const post = parse<Post>(data.post);
  const isNewChannel = store.getState().entities.channels.channels[post.channel_id] === undefined;
  if (isNewChannel) await loadChannel(store, post.channel_id);
  await loadPeople(store, [post.user_id]);
  // Deleting the temporary copy first keeps a sent post from showing twice.
  if (post.pending_post_id) store.dispatch({ type: PostTypes.POST_REMOVED, data: { id: post.pending_post_id } });
  store.dispatch({ type: PostTypes.RECEIVED_NEW_POST, data: post, features: { crtEnabled: true } });
  const me = store.getState().entities.users.currentUserId;
  const mentioned = parse<string[]>(data.mentions ?? '[]').includes(me);
  if (!isNewChannel) await countUnread(store, post, mentioned);
  if (mentioned && post.user_id !== me && !isWatching(store, post.channel_id)) await notifyDesktop(store, post, data);
}

async function onEphemeral({ store }: EventContext, data: Record<string, unknown>): Promise<void> {
  const post = parse<Post>(data.post);
  await loadPeople(store, [post.user_id]);
  store.dispatch({ type: PostTypes.RECEIVED_NEW_POST, data: post, features: { crtEnabled: true } });
}

function onReaction(type: string): Handler {
  return ({ store }, data) => {
    const reaction = parse<Reaction>(data.reaction);
    const { user_id, post_id, emoji_name } = reaction;
    const payload = type === PostTypes.REACTION_DELETED ? { user_id, post_id, emoji_name } : reaction;
    store.dispatch({ type, data: payload });
  };
}

async function onChannelCreated({ store }: EventContext, data: Record<string, unknown>, message: SocketEvent) {
  const id = data.channel_id ?? message.broadcast.channel_id;
  if (typeof id === 'string' && id !== '') await loadChannel(store, id);
}

async function onUserUpdated({ store }: EventContext, data: Record<string, unknown>): Promise<void> {
  const user = parse<User>(data.user);
  const isMe = user.id === store.getState().entities.users.currentUserId;
  // The broadcast form of a user is trimmed; the own profile is fetched whole.
  const full = isMe ? await requestOr<User>('/users/me', user) : user;
  store.dispatch({ type: isMe ? UserTypes.RECEIVED_ME : UserTypes.RECEIVED_PROFILE, data: full });
}

async function onTeamsChanged({ store }: EventContext): Promise<void> {
  const teams = await requestOr<Team[]>('/users/me/teams', []);
  store.dispatch({ type: TeamTypes.RECEIVED_TEAMS_LIST, data: teams });
}

const HANDLERS: Record<string, Handler> = {
  posted: onPosted,
  ephemeral_message: onEphemeral,
  post_edited: ({ store }, data) =>
    void store.dispatch({ type: PostTypes.RECEIVED_POST, data: parse<Post>(data.post) }),
  post_deleted: ({ store }, data) =>
    void store.dispatch({ type: PostTypes.POST_DELETED, data: parse<Post>(data.post) }),
  reaction_added: onReaction(PostTypes.RECEIVED_REACTION),
  reaction_removed: onReaction(PostTypes.REACTION_DELETED),
  direct_added: onChannelCreated,
  channel_created: onChannelCreated,
  preferences_changed: ({ store }, data) =>
    void store.dispatch({
      type: PreferenceTypes.RECEIVED_PREFERENCES,
      data: parse<Preference[]>(data.preferences),
    }),
  preferences_deleted: ({ store }, data) =>
    void store.dispatch({
      type: PreferenceTypes.DELETED_PREFERENCES,
      data: parse<Preference[]>(data.preferences),
    }),
  user_updated: onUserUpdated,
  added_to_team: onTeamsChanged,
  leave_team: onTeamsChanged,
  status_change: ({ store }, data) =>
    void store.dispatch({
      type: UserTypes.RECEIVED_STATUSES,
      data: { [String(data.user_id)]: data.status },
    }),
  plugin_enabled: ({ loader }, data) => loader.load(parse<ClientManifest>(data.manifest)),
  plugin_disabled: ({ loader }, data) => loader.remove(parse<ClientManifest>(data.manifest)),
  open_dialog: ({ openDialog }, data) => openDialog(parse(data.dialog)),
};

/** Handles one event: the host first, then every plugin's handler for that name with the raw message. */
export async function handleEvent(context: EventContext, message: SocketEvent): Promise<void> {
  await HANDLERS[message.event]?.(context, message.data, message);
  for (const handlers of Object.values(context.loader.host.socketHandlers)) handlers[message.event]?.(message);
}
