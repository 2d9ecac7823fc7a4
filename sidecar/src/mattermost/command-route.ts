import formbody from '@fastify/formbody';
import type { FastifyInstance } from 'fastify';
import { callerOf } from '../core/caller.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { constantTimeEqual } from '../core/secrets.ts';
import type { Clock } from '../core/time.ts';
import { HOUR, SECOND } from '../core/time.ts';
import type { Caller, Reply, User } from '../core/types.ts';
import { logError } from '../http/error-response.ts';
import type { MessageAttachment } from './bot/buttons.ts';
import { attachmentsOf } from './bot/buttons.ts';
import { withDeadline } from './deadline.ts';
import type { SignedAction } from './inbound/action-signing.ts';
import { readCommand } from './wire-requests.ts';

/** What a command can lead to, stated by whoever serves it. */
export interface CommandRouteDeps {
  /** The slash command's token, the same in every team. */
  token: string;
  /** The sidecar's public URL, without a trailing slash. */
  publicUrl: string;
  /** The account behind a user id; may be a little old. */
  user(userId: string): Promise<User>;
  /** Runs what was typed after `/msteams`. */
  run(caller: Caller, text: string): Promise<Reply>;
  /** What `/msteams --session` answers to the webapp in `props.msteams`. */
  session(userId: string): Promise<object>;
  /** The user's sentence for a failure. */
  explain(code: AppError['code'], locale: string): string;
  sign(action: SignedAction): string;
  clock: Clock;
  log: Log;
}

/** The answer to a custom slash command. https://developers.mattermost.com/integrate/slash-commands/custom/ */
export interface CommandResponse {
  response_type: 'ephemeral';
  text: string;
  skip_slack_parsing: true;
  props: Record<string, unknown>;
  attachments?: MessageAttachment[];
  goto_location?: string;
}

/** Typed by the webapp, not by people: asks for a session instead of a reply. */
const SESSION_WORD = '--session';
const FORM = 'application/x-www-form-urlencoded';
const BODY_LIMIT = 512 * 1024;
/** Mattermost gives up after 30 seconds, and shows the user a failure then. */
const DEADLINE_MS = 20 * SECOND;
/** A reply is seen by its reader only, and only until the page is loaded anew. */
const BUTTON_LIFETIME_MS = 24 * HOUR;

/**
 * `POST /mattermost/command`: Mattermost's call for `/msteams …`, proven by the command token in header and form. Always answers 200
 * with JSON, for Mattermost shows users anything else as a bare failure: refusals are in the text, their code in `props.msteams_error`.
 */
export async function commandRoute(app: FastifyInstance, deps: CommandRouteDeps): Promise<void> {
  if (!app.hasContentTypeParser(FORM)) await app.register(formbody, { bodyLimit: BODY_LIMIT });
  app.post('/mattermost/command', { bodyLimit: BODY_LIMIT }, async (request): Promise<CommandResponse> => {
    let locale = 'en';
    try {
      const command = readCommand(request.body);
      if (!tokenFits(deps.token, command.token, request.headers.authorization)) throw foreignCall();
      if (command.userId === '') throw new AppError('bad_request', 'A command came without a user.');
      const caller = callerOf(await deps.user(command.userId));
      locale = caller.locale;
      return await withDeadline(answer(deps, caller, command.text.trim()), DEADLINE_MS, deps.clock);
    } catch (error) {
      const { code } = logError(error, request, {
        log: deps.log,
        level: 'warn',
        refusal: 'A command was not answered.',
      });
      return response(deps.explain(code, locale), { msteams_error: code });
    }
  });
}

/** Runs what was typed after `/msteams` for a user that Mattermost vouched for. */
export async function answer(
  deps: Omit<CommandRouteDeps, 'token'>,
  caller: Caller,
  text: string,
): Promise<CommandResponse> {
  // With an empty text Mattermost posts nothing; only the browser that asked reads the props.
  if (text.toLowerCase() === SESSION_WORD) return response('', { msteams: await deps.session(caller.userId) });
  const reply = await deps.run(caller, text);
  const expiresAt = deps.clock.now() + BUTTON_LIFETIME_MS;
  const attachments = attachmentsOf(reply.buttons, {
    sign: (action) => deps.sign({ userId: caller.userId, action, expiresAt }),
    actionsUrl: `${deps.publicUrl}/mattermost/actions`,
    stays: true,
  });
  return {
    ...response(reply.text, {}),
    ...(attachments.length > 0 ? { attachments } : {}),
    ...(reply.openUrl ? { goto_location: reply.openUrl } : {}),
  };
}

function response(text: string, props: Record<string, unknown>): CommandResponse {
  return { response_type: 'ephemeral', text, skip_slack_parsing: true, props };
}

function foreignCall(): AppError {
  return new AppError('unauthorized', 'A command came with a token that is not the configured one.', {
    remedy:
      'Set MATTERMOST_COMMAND_TOKEN to the token of the /msteams slash command, the same in every team, and remove any outgoing OAuth connection for this address.',
  });
}

function tokenFits(expected: string, inForm: string, header: string | undefined): boolean {
  const inHeader = /^Token (.*)$/i.exec(header ?? '')?.[1] ?? '';
  const fits = [constantTimeEqual(inForm, expected), constantTimeEqual(inHeader, expected)];
  return fits.every(Boolean);
}
