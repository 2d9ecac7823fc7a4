import type { FastifyInstance } from 'fastify';
import { callerOf } from '../../core/caller.ts';
import type { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import { DAY, SECOND } from '../../core/time.ts';
import type { Caller, Reply, User } from '../../core/types.ts';
import { logError } from '../../http/error-response.ts';
import { attachmentsOf } from '../bot/buttons.ts';
import { withDeadline } from '../deadline.ts';
import { readAction } from '../wire-requests.ts';
import type { ActionSigner } from './action-signing.ts';

/** What the route needs of the commands. */
export interface ActionRouteDeps {
  /** The sidecar's public URL, without a trailing slash. */
  publicUrl: string;
  /** The account behind a user id; may be a little old. */
  user(userId: string): Promise<User>;
  /** Does what a button says. */
  act(caller: Caller, action: string): Promise<Reply>;
  /** The user's text for a failure. */
  explain(code: AppError['code'], locale: string): string;
  signer: ActionSigner;
  clock: Clock;
  log: Log;
}

/**
 * The answer to a click. An `update` without `props.from_bot` would take the bot's mark off the post.
 * https://developers.mattermost.com/integrate/plugins/interactive-messages/
 */
export interface ActionResponse {
  update?: { message: string; props: Record<string, unknown> };
  ephemeral_text?: string;
  skip_slack_parsing: true;
}

const DEADLINE_MS = 20 * SECOND;
const BUTTON_LIFETIME_MS = 30 * DAY;

/**
 * `POST /mattermost/actions`: a click on a button. Mattermost sends no secret of its own; the signature in the context is the proof.
 * Always answers 200: the user who clicked reads what went wrong.
 */
export function actionRoute(app: FastifyInstance, deps: ActionRouteDeps): void {
  app.post('/mattermost/actions', async (request): Promise<ActionResponse> => {
    let locale = 'en';
    try {
      const click = readAction(request.body);
      const signed = deps.signer.verify(click.userId, click.action);
      const action = click.option === null ? signed : `${signed} ${click.option}`;
      const caller = callerOf(await deps.user(click.userId));
      locale = caller.locale;
      const reply = await withDeadline(deps.act(caller, action), DEADLINE_MS, deps.clock);
      return click.stays || reply.openUrl ? ephemeral(reply.text) : replace(deps, caller, reply);
    } catch (error) {
      const { code } = logError(error, request, {
        log: deps.log,
        level: 'warn',
        refusal: 'A button was not answered.',
      });
      return ephemeral(deps.explain(code, locale));
    }
  });
}

/**
 * An ephemeral answer that leaves the post as it is: for an ephemeral post, which Mattermost cannot replace, for a notification, and for a
 * one-time link, which expires soon while the button makes a new one.
 */
function ephemeral(text: string): ActionResponse {
  return { ephemeral_text: text, skip_slack_parsing: true };
}

function replace(deps: ActionRouteDeps, caller: Caller, reply: Reply): ActionResponse {
  const expiresAt = deps.clock.now() + BUTTON_LIFETIME_MS;
  const attachments = attachmentsOf(reply.buttons, {
    sign: (action) => deps.signer.sign({ userId: caller.userId, action, expiresAt }),
    actionsUrl: `${deps.publicUrl}/mattermost/actions`,
    stays: false,
  });
  const props = { from_bot: 'true', ...(attachments.length > 0 ? { attachments } : {}) };
  return { update: { message: reply.text, props }, skip_slack_parsing: true };
}
