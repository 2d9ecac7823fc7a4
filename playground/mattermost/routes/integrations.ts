import type { FastifyInstance } from 'fastify';
import { idParam, isObject, objectBody, param, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, unknownPath } from '../http/errors.ts';
import { actor } from '../http/session.ts';
import { doAction } from '../integrations/actions.ts';
import { postResponse, readJsonResponse } from '../integrations/command-response.ts';
import type { Props } from '../state/model.ts';
import { canRead } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

const RESPONSE_USES = 5;
const RESPONSE_LIFETIME_MS = 30 * 60_000;

/** Post actions and dialogs, below `/api/v4`. */
export function integrationRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/posts/:post_id/actions/:action_id', async (request) => {
    const who = actor(state, request);
    const actionId = param(request, 'action_id');
    if (!/^[A-Za-z0-9]+$/.test(actionId)) throw unknownPath(request.url);
    const body = request.body === undefined ? {} : objectBody(request, 'post_action');
    const triggerId = await doAction(state, {
      user: who.user,
      postId: idParam(request, 'post_id'),
      actionId,
      selectedOption: text(body, 'selected_option'),
      cookie: text(body, 'cookie'),
    });
    return { status: 'OK', trigger_id: triggerId };
  });
  app.post('/actions/dialogs/open', async (request) => {
    const dialog = objectBody(request, 'dialog');
    const userId = checkTrigger(state, text(dialog, 'trigger_id'));
    checkDialog(dialog);
    state.hub.publish('open_dialog', { userId }, () => ({ dialog: JSON.stringify(dialog) }));
    return { status: 'OK' };
  });
  app.post('/actions/dialogs/submit', async (request) => {
    const who = actor(state, request);
    const body = objectBody(request, 'submit');
    if (text(body, 'url') === '') throw invalidBody('url');
    const channel = state.store.channels.get(text(body, 'channel_id'));
    if (!channel || !canRead(state.store, who.user, channel)) throw forbidden('read_channel_content');
    return submitDialog(state, { ...body, user_id: who.user.id });
  });
}

/** `POST /hooks/commands/{id}`: the `response_url` of a command, without any other proof. */
export function hookRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/hooks/commands/:id', async (request, reply) => {
    const hook = state.store.commandWebhooks.get(param(request, 'id'));
    if (!hook || state.now() - hook.createAt > RESPONSE_LIFETIME_MS) {
      throw new ApiError(404, 'app.command_webhook.get.missing', { message: 'Unable to get the webhook.' });
    }
    if (hook.uses >= RESPONSE_USES) {
      throw new ApiError(400, 'app.command_webhook.try_use.invalid', { message: 'Invalid webhook.' });
    }
    hook.uses += 1;
    const response = readJsonResponse(objectBody(request, 'response'));
    const user = state.store.users.get(hook.userId);
    const channel = state.store.channels.get(hook.channelId);
    if (!user || !channel) throw new ApiError(404, 'app.channel.get.existing.app_error');
    await postResponse(state, { user, channel, rootId: hook.rootId, command: hook.command }, response);
    return reply.type('text/plain').send('ok');
  });
}

function checkTrigger(state: MattermostState, triggerId: string): string {
  const trigger = state.signer.open(triggerId);
  if (!trigger) {
    throw new ApiError(400, 'interactive_message.decode_trigger_id.signature_decode_failed', {
      message: 'Failed to decode base64 signature of trigger ID for interactive dialog.',
    });
  }
  const seconds = state.config.ServiceSettings.OutgoingIntegrationRequestsTimeout;
  if (state.now() - trigger.at > seconds * 1000) {
    throw new ApiError(400, 'interactive_message.decode_trigger_id.expired', {
      message: `Trigger ID for interactive dialog is expired. Trigger IDs live for a maximum of ${seconds} seconds.`,
    });
  }
  return trigger.userId;
}

function checkDialog(request: Props): void {
  const { dialog } = request;
  const url = text(request, 'url');
  if (!URL.canParse(url) || !isObject(dialog)) {
    throw new ApiError(400, 'app.open_dialog.url.app_error', { message: 'Invalid dialog.' });
  }
  const title = text(dialog, 'title');
  if (title === '' || title.length > 24) {
    throw new ApiError(400, 'app.open_dialog.app_error', { message: 'Invalid dialog title.' });
  }
}

async function submitDialog(state: MattermostState, body: Props): Promise<Props> {
  const failed = (detail: string) =>
    new ApiError(400, 'app.submit_interactive_dialog.json_error', {
      message: 'Encountered an error submitting the dialog.',
      detail,
    });
  const { url, ...fields } = body;
  const reply = await state
    .outgoing({
      method: 'POST',
      url: String(url),
      headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'User-Agent': 'Mattermost-Bot/1.1' },
      body: JSON.stringify({ ...fields, type: 'dialog_submission' }),
    })
    .catch((error: unknown) => {
      throw failed(String(error));
    });
  if (reply.status !== 200) throw failed(`status=${reply.status}`);
  if (reply.body.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(reply.body);
    if (isObject(value)) return value;
  } catch {
    // Refused below, like any other shape.
  }
  throw failed('the reply is no JSON object');
}
