import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Notice, NoticeRow, Notices } from '../core/ports/digests.ts';
import { DEFAULT_PREFERENCES, isTimeZone } from '../core/preferences.ts';
import type { Caller, Connection } from '../core/types.ts';
import type {
  MeResponse,
  MuteRequest,
  MutesResponse,
  MuteView,
  NotificationsResponse,
  PreferencesView,
} from './schema.ts';
import {
  chatParameterSchema,
  meSchema,
  muteRequestSchema,
  mutesSchema,
  notificationsSchema,
  preferencesPatchSchema,
  preferencesSchema,
} from './schema.ts';
import { connectionView, notificationView, preferencesView } from './views.ts';

export interface SettingsDeps {
  connections: Pick<Connections, 'findByUser' | 'changePreferences'>;
  commands: {
    /** A sentence with the remedy for what is wrong with the connection, or null. */
    problem(connection: Connection, locale: string): string | null;
    mutes(connection: Connection, locale: string): MuteView[];
    /** Null without a connection. */
    mute(caller: Caller, wish: MuteRequest): Promise<MuteView[] | null>;
    /** Null without a connection. */
    unmute(caller: Caller, chatId: string): Promise<MuteView[] | null>;
  };
  notices: Pick<Notices, 'list'>;
  /** Opens the sealed names of a notice. */
  notice(userId: string, row: NoticeRow): Notice;
  /** The Mattermost user id of the bot. */
  botUserId(): Promise<string>;
}

const BODY_LIMIT = 16 * 1024;
const LISTED = 50;

/** Mounts the routes of the settings section and the sidebar. */
export function settingsRoutes(
  app: FastifyInstance,
  deps: SettingsDeps,
  callerOf: (request: FastifyRequest) => Caller,
): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get(
    '/me',
    { schema: { summary: 'The connection and preferences of the user', response: { 200: meSchema } } },
    (request) => me(deps, callerOf(request)),
  );
  api.put(
    '/preferences',
    {
      bodyLimit: BODY_LIMIT,
      schema: {
        summary: 'Changes any part of the preferences',
        body: preferencesPatchSchema,
        response: { 200: preferencesSchema },
      },
    },
    (request) => savePreferences(deps, callerOf(request), request.body),
  );
  api.get(
    '/notifications',
    {
      schema: {
        summary: 'What was delivered last: names and links, never texts',
        response: { 200: notificationsSchema },
      },
    },
    (request) => notifications(deps, callerOf(request)),
  );
  api.post(
    '/mutes',
    {
      bodyLimit: BODY_LIMIT,
      schema: { summary: 'Mutes a chat', body: muteRequestSchema, response: { 200: mutesSchema } },
    },
    async (request) => mutesResponse(await deps.commands.mute(callerOf(request), request.body)),
  );
  api.delete(
    '/mutes/:chatId',
    {
      schema: {
        summary: 'Unmutes a chat; idempotent',
        params: chatParameterSchema,
        response: { 200: mutesSchema },
      },
    },
    async (request) => mutesResponse(await deps.commands.unmute(callerOf(request), request.params.chatId)),
  );
}

async function me(deps: SettingsDeps, { userId, locale }: Caller): Promise<MeResponse> {
  const { connections, commands } = deps;
  const [connection, botUserId] = await Promise.all([connections.findByUser(userId), deps.botUserId()]);
  if (!connection) {
    return { connection: null, preferences: preferencesView(DEFAULT_PREFERENCES), mutes: [], botUserId };
  }
  return {
    connection: connectionView(connection, commands.problem(connection, locale)),
    preferences: preferencesView(connection.preferences),
    mutes: commands.mutes(connection, locale),
    botUserId,
  };
}

async function savePreferences(
  deps: SettingsDeps,
  { userId }: Caller,
  wish: Partial<PreferencesView>,
): Promise<PreferencesView> {
  if (wish.quietHours && !isTimeZone(wish.quietHours.timeZone)) {
    throw new AppError('bad_request', 'The time zone is not known.');
  }
  const connection = await deps.connections.findByUser(userId);
  const saved = connection && (await deps.connections.changePreferences(connection.id, (now) => ({ ...now, ...wish })));
  if (!saved) throw noConnection();
  return preferencesView(saved);
}

async function notifications(deps: SettingsDeps, { userId }: Caller): Promise<NotificationsResponse> {
  const rows = await deps.notices.list(userId, LISTED);
  return { notifications: rows.map((row) => notificationView(row, deps.notice(userId, row))) };
}

function mutesResponse(mutes: MuteView[] | null): MutesResponse {
  if (mutes === null) throw noConnection();
  return { mutes };
}

function noConnection(): AppError {
  return new AppError('not_found', 'Preferences need a connection.');
}
