import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import { DAY } from '../core/time.ts';
import type { Caller, Reply } from '../core/types.ts';
import { logError } from '../http/error-response.ts';
import { actionSchema, commandSchema, connectSchema, disconnectSchema, replySchema } from './schema.ts';
import { replyView } from './views.ts';

export interface CommandDeps {
  commands: {
    run(caller: Caller, text: string): Promise<Reply>;
    act(caller: Caller, action: string): Promise<Reply>;
    /** The user's sentence for a failure. */
    explain(code: ErrorCode, locale: string): string;
  };
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** False when there was no connection. */
  disconnect(userId: string): Promise<boolean>;
  signer: {
    sign(action: { userId: string; action: string; expiresAt: number }): string;
    /** @throws {AppError} forbidden, link_expired */
    verify(userId: string, signed: string): string;
  };
  clock: Clock;
  log: Log;
}

const BODY_LIMIT = 64 * 1024;
/** Only the caller sees a reply, and only until the page is loaded again. */
const BUTTON_LIFETIME_MS = DAY;

/** Mounts the routes to connect, disconnect, run a slash command and press a button of its reply. */
export function commandRoutes(
  app: FastifyInstance,
  deps: CommandDeps,
  callerOf: (request: FastifyRequest) => Caller,
): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  const view = (caller: Caller, reply: Reply) => {
    const expiresAt = deps.clock.now() + BUTTON_LIFETIME_MS;
    return replyView(reply, (action) => deps.signer.sign({ userId: caller.userId, action, expiresAt }));
  };
  api.post(
    '/connect',
    { schema: { summary: 'Makes a one-time link to the sign-in', response: { 200: connectSchema } } },
    (request) => deps.startLink(callerOf(request).userId),
  );
  api.post(
    '/disconnect',
    { schema: { summary: 'Ends the connection; idempotent', response: { 200: disconnectSchema } } },
    async (request) => ({ disconnected: await deps.disconnect(callerOf(request).userId) }),
  );
  api.post(
    '/commands',
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        summary: 'Runs a command as typed, such as "/msteams status"',
        body: commandSchema,
        response: { 200: replySchema },
      },
    },
    async (request) => {
      const caller = callerOf(request);
      return view(caller, await runCommand(deps, caller, request));
    },
  );
  api.post(
    '/actions',
    {
      bodyLimit: BODY_LIMIT,
      schema: { summary: 'Presses a button of a reply', body: actionSchema, response: { 200: replySchema } },
    },
    async (request) => {
      const caller = callerOf(request);
      const { action, option } = request.body;
      const signed = deps.signer.verify(caller.userId, action);
      return view(caller, await deps.commands.act(caller, option === undefined ? signed : `${signed} ${option}`));
    },
  );
}

/** A failed command has a reply too, with the same text as through Mattermost. */
async function runCommand(
  { commands, log }: CommandDeps,
  caller: Caller,
  request: FastifyRequest<{ Body: { command: string } }>,
): Promise<Reply> {
  try {
    return await commands.run(caller, request.body.command.replace(/^\s*\/\S*/u, ''));
  } catch (error) {
    const { code } = logError(error, request, { log, level: 'warn', refusal: 'A command failed.' });
    return { text: commands.explain(code, caller.locale) };
  }
}
