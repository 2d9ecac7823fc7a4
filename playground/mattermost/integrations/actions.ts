import { isObject } from '../http/body.ts';
import { ApiError, forbidden, missing } from '../http/errors.ts';
import { patchPost } from '../posts/change.ts';
import { sendEphemeral } from '../posts/events.ts';
import { readProps } from '../posts/input.ts';
import { findAction } from '../posts/wire.ts';
import type { Channel, Post, Props, User } from '../state/model.ts';
import { canRead } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

/** A click: which action of which post, by whom. `cookie` comes with the actions of ephemeral posts. */
export interface Click {
  user: User;
  postId: string;
  actionId: string;
  selectedOption: string;
  cookie: string;
}

interface Target {
  channel: Channel;
  rootId: string;
  /** The stored post; ephemeral ones have none. */
  post: Post | undefined;
  url: string;
  context: Props;
  type: string;
  dataSource: string;
}

const KEPT_PROPS = ['from_webhook', 'override_username', 'override_icon_url'];

/** Calls the action's integration and applies its reply. Returns the client's half of the trigger id. */
export async function doAction(state: MattermostState, click: Click): Promise<string> {
  const target = findTarget(state, click);
  if (!canRead(state.store, click.user, target.channel)) throw forbidden('read_channel_content');
  const { triggerId, clientTriggerId } = state.signer.issue(click.user.id, state.now());
  const reply = await state
    .outgoing({
      method: 'POST',
      url: target.url,
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': 'Mattermost-Bot/1.1' },
      body: JSON.stringify(actionBody(state, click, { target, triggerId })),
    })
    .catch((error: unknown) => {
      throw integrationFailed(String(error));
    });
  if (reply.status !== 200) throw integrationFailed(`status=${reply.status}`);
  applyReply(state, { click, target }, parseReply(reply.body));
  return clientTriggerId;
}

function integrationFailed(detail: string): ApiError {
  return new ApiError(400, 'api.post.do_action.action_integration.app_error', {
    message: 'Action integration error.',
    detail,
  });
}

function findTarget(state: MattermostState, click: Click): Target {
  const post = state.store.posts.get(click.postId);
  if (post && post.delete_at === 0) return targetOfPost(state, post, click.actionId);
  const sealed = click.cookie === '' ? undefined : state.signer.unseal(click.cookie);
  if (!isObject(sealed)) throw missing('app.post.get.app_error', 'post');
  if (sealed.post_id !== click.postId) throw integrationFailed('postId does not match');
  const channel = state.store.channels.get(String(sealed.channel_id));
  if (!channel) throw missing('app.channel.get.existing.app_error', 'channel');
  const integration = isObject(sealed.integration) ? sealed.integration : {};
  return {
    channel,
    rootId: String(sealed.root_post_id ?? ''),
    post: undefined,
    url: String(integration.url ?? ''),
    context: isObject(integration.context) ? integration.context : {},
    type: String(sealed.type ?? ''),
    dataSource: String(sealed.data_source ?? ''),
  };
}

function targetOfPost(state: MattermostState, post: Post, actionId: string): Target {
  const channel = state.store.channels.get(post.channel_id);
  const action = findAction(post.props, actionId);
  if (!channel || !action?.integration?.url) {
    throw new ApiError(404, 'api.post.do_action.action_id.app_error', { message: 'Invalid action id.' });
  }
  return {
    channel,
    rootId: post.root_id,
    post,
    url: action.integration.url,
    context: action.integration.context ?? {},
    type: action.type ?? '',
    dataSource: action.data_source ?? '',
  };
}

function actionBody(state: MattermostState, click: Click, to: { target: Target; triggerId: string }): Props {
  const { target, triggerId } = to;
  const chosen = click.selectedOption === '' ? {} : { selected_option: click.selectedOption };
  return {
    user_id: click.user.id,
    user_name: click.user.username,
    channel_id: target.channel.id,
    channel_name: target.channel.name,
    team_id: target.channel.team_id,
    team_domain: state.store.teams.get(target.channel.team_id)?.name ?? '',
    post_id: click.postId,
    trigger_id: triggerId,
    type: target.type,
    data_source: target.dataSource,
    context: { ...target.context, ...chosen },
  };
}

function parseReply(body: string): Props {
  try {
    const value: unknown = JSON.parse(body);
    if (isObject(value)) return value;
  } catch {
    // An unreadable answer is refused below, like one of another shape.
  }
  throw integrationFailed('the reply is no JSON object');
}

function applyReply(state: MattermostState, on: { click: Click; target: Target }, reply: Props): void {
  const { click, target } = on;
  const update = reply.update;
  if (isObject(update) && target.post) {
    const kept = Object.fromEntries(Object.entries(target.post.props).filter(([key]) => KEPT_PROPS.includes(key)));
    const message = typeof update.message === 'string' ? update.message : '';
    const hasProps = isObject(update.props);
    patchPost(state, target.post, hasProps ? { message, props: { ...readProps(update.props), ...kept } } : { message });
  }
  const text = reply.ephemeral_text;
  if (typeof text !== 'string' || text === '') return;
  sendEphemeral(state, click.user.id, {
    userId: click.user.id,
    channelId: target.channel.id,
    rootId: target.rootId,
    message: text,
    props: { from_webhook: 'true' },
  });
}
