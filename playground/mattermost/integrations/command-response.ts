import { isObject } from '../http/body.ts';
import { createPost } from '../posts/create.ts';
import { sendEphemeral } from '../posts/events.ts';
import { readProps } from '../posts/input.ts';
import type { Channel, Command, Props, User } from '../state/model.ts';
import { canPost } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import type { OutgoingReply } from './outgoing.ts';

/** What a command answered; the caller gets it back as it is. */
export interface CommandResponse {
  response_type?: string;
  text?: string;
  username?: string;
  channel_id?: string;
  icon_url?: string;
  type?: string;
  props?: Props | null;
  goto_location?: string;
  trigger_id?: string;
  skip_slack_parsing?: boolean;
  attachments?: Props[] | null;
  extra_responses?: CommandResponse[] | null;
}

const TEXTS = ['response_type', 'text', 'username', 'channel_id', 'icon_url', 'type', 'goto_location', 'trigger_id'];

/** Reads a reply: JSON by its content type, else plain ephemeral text. Throws when the JSON is no command response. */
export function readResponse(reply: OutgoingReply): CommandResponse {
  const isJson = reply.contentType.split(';')[0]?.trim() === 'application/json';
  return isJson ? readJsonResponse(JSON.parse(reply.body)) : complete({ text: reply.body });
}

/** A response object, or an error for anything else (an empty body and `null` among it). */
export function readJsonResponse(value: unknown): CommandResponse {
  if (!isObject(value)) throw new Error('the response is no JSON object');
  for (const key of TEXTS) {
    if (value[key] !== undefined && value[key] !== null && typeof value[key] !== 'string')
      throw new Error(`${key} is no text`);
  }
  if (value.props !== undefined && value.props !== null && !isObject(value.props))
    throw new Error('props is no object');
  const extras = Array.isArray(value.extra_responses) ? value.extra_responses.map(readJsonResponse) : null;
  return complete({ ...value, extra_responses: extras });
}

/** What a plugin answered, in the wire's names: Go's struct as JSON. */
export function pluginResponse(answer: Record<string, unknown>): CommandResponse {
  return readJsonResponse({
    response_type: answer.ResponseType,
    text: answer.Text,
    username: answer.Username,
    channel_id: answer.ChannelId,
    icon_url: answer.IconURL,
    type: answer.Type,
    props: answer.Props === undefined ? null : plainObject(answer.Props),
    goto_location: answer.GotoLocation,
    skip_slack_parsing: answer.SkipSlackParsing === true,
  });
}

function plainObject(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plainObject(inner)]));
  return Array.isArray(value) ? value.map(plainObject) : value;
}

/** Go's struct: every field is there, empty or not, and unknown ones are dropped. */
function complete(response: CommandResponse): CommandResponse {
  return {
    response_type: response.response_type ?? '',
    text: response.text ?? '',
    username: response.username ?? '',
    channel_id: response.channel_id ?? '',
    icon_url: response.icon_url ?? '',
    type: response.type ?? '',
    props: response.props ?? null,
    goto_location: response.goto_location ?? '',
    trigger_id: response.trigger_id ?? '',
    skip_slack_parsing: response.skip_slack_parsing === true,
    attachments: response.attachments ?? null,
    extra_responses: response.extra_responses ?? null,
  };
}

/** Where and for whom a response is posted. */
export interface ResponsePlace {
  user: User;
  channel: Channel;
  rootId: string;
  /** Null when a plugin answered. */
  command: Command | null;
}

/** Posts what a response asks for, extra responses too: a real post, an ephemeral one, or nothing when an ephemeral has no content. */
export async function postResponse(
  state: MattermostState,
  place: ResponsePlace,
  response: CommandResponse,
): Promise<void> {
  if (response.skip_slack_parsing !== true) response.text = slackText(response.text ?? '');
  await postOne(state, place, response);
  for (const extra of response.extra_responses ?? []) await postResponse(state, place, extra);
}

async function postOne(state: MattermostState, place: ResponsePlace, response: CommandResponse): Promise<void> {
  const message = response.text ?? '';
  const attachments = response.attachments ?? [];
  const props: Props = {
    ...readProps(response.props),
    from_webhook: 'true',
    ...overrides(state, place.command, response),
  };
  if (attachments.length > 0) props.attachments = attachments;
  const channel = targetChannel(state, place, response.channel_id ?? '');
  if (response.response_type === 'in_channel') {
    const input = {
      ...blankInput(),
      channelId: channel.id,
      rootId: place.rootId,
      message,
      props,
      type: response.type ?? '',
    };
    await createPost(state, place.user, { input });
    return;
  }
  if (message === '' && attachments.length === 0) return;
  sendEphemeral(state, place.user.id, {
    userId: place.user.id,
    channelId: channel.id,
    rootId: place.rootId,
    message,
    props,
  });
}

function blankInput() {
  return { id: '', fileIds: [], pendingPostId: '', createAt: 0, priority: undefined };
}

function targetChannel(state: MattermostState, place: ResponsePlace, channelId: string): Channel {
  const other = state.store.channels.get(channelId);
  return other && canPost(state.store, place.user, other) ? other : place.channel;
}

function overrides(state: MattermostState, command: Command | null, response: CommandResponse): Props {
  const { EnablePostUsernameOverride, EnablePostIconOverride } = state.config.ServiceSettings;
  const name = response.username || command?.username;
  const icon = response.icon_url || command?.icon_url;
  return {
    ...(EnablePostUsernameOverride && name ? { override_username: name } : {}),
    ...(EnablePostIconOverride && icon ? { override_icon_url: icon } : {}),
  };
}

/** Slack's spellings of mentions and links in Mattermost's. */
function slackText(value: string): string {
  return value
    .replace(/<!(channel|here|all)>/g, '@$1')
    .replace(/<@([a-z0-9]+)(?:\|[^>]*)?>/gi, '@$1')
    .replace(/<((?:https?|mailto):[^|>\s]+)\|([^>]+)>/g, '[$2]($1)')
    .replace(/<((?:https?|mailto):[^|>\s]+)>/g, '$1');
}
