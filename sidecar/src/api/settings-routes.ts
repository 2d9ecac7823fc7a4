import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { AppError } from '../core/errors.ts';
import { isTimeZone } from '../core/preferences.ts';
import type { Caller } from '../core/types.ts';
import type { MeResponse, MutesResponse, MuteView, NotificationsResponse, PreferencesView } from './contract.ts';
import type { ApiDeps } from './routes.ts';
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

type Deps = Pick<ApiDeps, 'connections' | 'commands' | 'notices' | 'notice' | 'botUserId'>;

const BODY_LIMIT = 16 * 1024;
const LISTED = 50;
const NO_PREFERENCES: PreferencesView = {
  enabled: false,
  when: 'away',
  chats: { oneOnOne: 'all', group: 'all', meeting: 'all' },
  fold: true,
  quietHours: null,
};

/** What the settings and the panel read and change. */
export function settingsRoutes(app: FastifyInstance, deps: Deps, callerOf: (request: FastifyRequest) => Caller): void {
  const api = app.withTypeProvider<TypeBoxTypeProvider>();
  api.get('/me', { schema: { response: { 200: meSchema } } }, (request) => me(deps, callerOf(request)));
  api.put(
    '/preferences',
    { bodyLimit: BODY_LIMIT, schema: { body: preferencesPatchSchema, response: { 200: preferencesSchema } } },
    (request) => savePreferences(deps, callerOf(request), request.body),
  );
  api.get('/notifications', { schema: { response: { 200: notificationsSchema } } }, (request) =>
    notifications(deps, callerOf(request)),
  );
  api.post(
    '/mutes',
    { bodyLimit: BODY_LIMIT, schema: { body: muteRequestSchema, response: { 200: mutesSchema } } },
    async (request) => mutesOf(await deps.commands.mute(callerOf(request), request.body)),
  );
  api.delete(
    '/mutes/:chatId',
    { schema: { params: chatParameterSchema, response: { 200: mutesSchema } } },
    async (request) => mutesOf(await deps.commands.unmute(callerOf(request), request.params.chatId)),
  );
}

async function me(deps: Deps, { userId, locale }: Caller): Promise<MeResponse> {
  const { connections, commands } = deps;
  const [connection, botUserId] = await Promise.all([connections.findByUser(userId), deps.botUserId()]);
  if (!connection) return { connection: null, preferences: NO_PREFERENCES, mutes: [], botUserId };
  return {
    connection: connectionView(connection, commands.problem(connection, locale)),
    preferences: preferencesView(connection.preferences),
    mutes: commands.mutes(connection, locale),
    botUserId,
  };
}

async function savePreferences(
  deps: Deps,
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

async function notifications(deps: Deps, { userId }: Caller): Promise<NotificationsResponse> {
  const rows = await deps.notices.list(userId, LISTED);
  return { notifications: rows.map((row) => notificationView(row, deps.notice(userId, row))) };
}

function mutesOf(mutes: MuteView[] | null): MutesResponse {
  if (mutes === null) throw noConnection();
  return { mutes };
}

function noConnection(): AppError {
  return new AppError('not_found', 'Preferences need a connection.');
}
