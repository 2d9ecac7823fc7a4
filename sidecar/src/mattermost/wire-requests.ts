import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../core/errors.ts';

/** The fields we read of Mattermost's command request; what is missing is empty. */
export interface CommandRequest {
  token: string;
  userId: string;
  /** What follows the command word, untrimmed. */
  text: string;
}

/** The fields we read of Mattermost's request for a pressed button. */
export interface ActionRequest {
  userId: string;
  /** The signed action. */
  action: string;
  /** What was chosen, when the button is a menu. */
  option: string | null;
  /** The post with the button stays as it is. */
  stays: boolean;
}

const command = Compile(
  Type.Object({
    token: Type.Optional(Type.String()),
    user_id: Type.Optional(Type.String()),
    text: Type.Optional(Type.String()),
  }),
);

const action = Compile(
  Type.Object({
    user_id: Type.String({ minLength: 1 }),
    context: Type.Object({
      action: Type.String(),
      selected_option: Type.Optional(Type.String({ maxLength: 300, pattern: '^\\S*$' })),
      stays: Type.Optional(Type.Boolean()),
    }),
  }),
);

/** Reads a command request. https://developers.mattermost.com/integrate/slash-commands/custom/ @throws {AppError} bad_request */
export function readCommand(form: unknown): CommandRequest {
  if (!command.Check(form)) throw malformed();
  return { token: form.token ?? '', userId: form.user_id ?? '', text: form.text ?? '' };
}

/** Reads a click on a button. https://developers.mattermost.com/integrate/plugins/interactive-messages/ @throws {AppError} bad_request */
export function readAction(json: unknown): ActionRequest {
  if (!action.Check(json)) throw malformed();
  const { action: signed, selected_option, stays = false } = json.context;
  return { userId: json.user_id, action: signed, option: selected_option || null, stays };
}

function malformed(): AppError {
  return new AppError('bad_request', 'A request did not have the form that Mattermost sends.');
}
