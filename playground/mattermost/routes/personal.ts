import type { FastifyInstance } from 'fastify';
import { idParam, isObject, jsonBody, objectBody, param, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing, unknownPath } from '../http/errors.ts';
import { actor, ownUserParam, userParam } from '../http/session.ts';
import { setStatus, statusOf } from '../socket/status.ts';
import type { Preference } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import { findUser } from './users.ts';

const MAX_PREFERENCES = 100;
const NAME_BYTES = 32;
const VALUE_RUNES = 20_000;

/** Statuses, pictures and preferences of people. */
export function personalRoutes(app: FastifyInstance, state: MattermostState): void {
  statusRoutes(app, state);
  imageRoutes(app, state);
  preferenceRoutes(app, state);
}

function statusRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/users/:user_id/status', async (request) => statusOf(state, userParam(request, actor(state, request))));
  app.post('/users/status/ids', async (request) => {
    actor(state, request);
    return stringsBody(request, 'user_ids')
      .filter((id) => state.store.users.has(id))
      .map((id) => statusOf(state, id));
  });
  app.put('/users/:user_id/status', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const body = objectBody(request, 'status');
    const status = text(body, 'status');
    if (!['online', 'away', 'dnd', 'offline'].includes(status)) throw invalidBody('status');
    const dndEnd = typeof body.dnd_end_time === 'number' ? body.dnd_end_time : 0;
    // "online" hands the status back to activity.
    setStatus(state, id, { status, manual: true, dndEnd });
    if (status === 'online') statusOf(state, id).manual = false;
    return statusOf(state, id);
  });
}

function imageRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/users/:user_id/image', async (request, reply) => {
    const user = findUser(state, userParam(request, actor(state, request)));
    const image = state.store.images.get(user.id);
    reply.header('cache-control', 'max-age=86400, private');
    if (image) return reply.type(image.type).send(image.bytes);
    return reply.type('image/svg+xml').send(initialPicture(user.id, user.username));
  });
  app.post('/users/:user_id/image', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    if (!request.isMultipart()) throw new ApiError(400, 'api.user.upload_profile_user.parse.app_error');
    const file = await request.file();
    if (file?.fieldname !== 'image') {
      throw new ApiError(400, 'api.user.upload_profile_user.no_file.app_error', {
        message: "No file under 'image' in request.",
      });
    }
    state.store.images.set(id, { type: file.mimetype, bytes: await file.toBuffer() });
    findUser(state, id).last_picture_update = state.now();
    return { status: 'OK' };
  });
}

function initialPicture(id: string, username: string): string {
  const hue = (id.charCodeAt(0) * 37 + id.charCodeAt(1) * 11) % 360;
  const letter = username
    .charAt(0)
    .toUpperCase()
    .replace(/[^A-Z0-9]/, '');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 128 128"><rect width="128" height="128" fill="hsl(${hue},45%,45%)"/><text x="64" y="86" font-family="sans-serif" font-size="64" fill="#fff" text-anchor="middle">${letter}</text></svg>`;
}

function preferenceRoutes(app: FastifyInstance, state: MattermostState): void {
  const all = (userId: string) => [...(state.store.preferences.get(userId)?.values() ?? [])];
  app.get('/users/:user_id/preferences', async (request) => all(ownUserParam(request, actor(state, request))));
  app.get('/users/:user_id/preferences/:category', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const category = pathWord(request.url, param(request, 'category'));
    const found = all(id).filter((preference) => preference.category === category);
    if (found.length === 0) throw missing('api.preference.preferences_category.get.app_error', 'preference');
    return found;
  });
  app.get('/users/:user_id/preferences/:category/name/:name', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const key = `${pathWord(request.url, param(request, 'category'))}--${pathWord(request.url, param(request, 'name'))}`;
    const found = state.store.preferences.get(id)?.get(key);
    if (!found) throw missing('app.preference.get.app_error', 'preference');
    return found;
  });
  app.put('/users/:user_id/preferences', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const preferences = readPreferences(jsonBody(request, 'preferences'), id);
    const stored = state.store.preferences.get(id) ?? new Map<string, Preference>();
    state.store.preferences.set(id, stored);
    for (const preference of preferences) stored.set(`${preference.category}--${preference.name}`, preference);
    state.hub.publish('preferences_changed', { userId: id }, () => ({ preferences: JSON.stringify(preferences) }));
    return { status: 'OK' };
  });
  app.post('/users/:user_id/preferences/delete', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const preferences = readPreferences(jsonBody(request, 'preferences'), id);
    for (const item of preferences) state.store.preferences.get(id)?.delete(`${item.category}--${item.name}`);
    state.hub.publish('preferences_deleted', { userId: id }, () => ({ preferences: JSON.stringify(preferences) }));
    return { status: 'OK' };
  });
  app.get('/users/:user_id/channels/:channel_id/unread', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const channelId = idParam(request, 'channel_id');
    const read = state.store.channelMembers.get(channelId)?.get(id);
    const channel = state.store.channels.get(channelId);
    if (!read || !channel) throw missing('app.channel.get_unread.app_error', 'channel');
    return {
      team_id: channel.team_id,
      channel_id: channelId,
      msg_count: channel.total_msg_count - read.messages,
      mention_count: 0,
    };
  });
}

/** Categories and names in a path are matched by `[A-Za-z0-9_]+`; anything else finds no route. */
function pathWord(url: string, value: string): string {
  if (!/^[A-Za-z0-9_]+$/.test(value)) throw unknownPath(url);
  return value;
}

function readPreferences(body: unknown, userId: string): Preference[] {
  if (!Array.isArray(body) || body.length === 0 || body.length > MAX_PREFERENCES) throw invalidBody('preferences');
  return body.map((item) => readPreference(item, userId));
}

function readPreference(item: unknown, userId: string): Preference {
  if (!isObject(item)) throw invalidBody('preferences');
  const preference = {
    user_id: text(item, 'user_id'),
    category: text(item, 'category'),
    name: text(item, 'name'),
    value: text(item, 'value'),
  };
  if (preference.user_id !== userId) throw forbidden('edit_other_users');
  const bytes = Buffer.byteLength(preference.category);
  if (bytes === 0 || bytes > NAME_BYTES) throw invalidPreference('category');
  if (Buffer.byteLength(preference.name) > NAME_BYTES) throw invalidPreference('name');
  if ([...preference.value].length > VALUE_RUNES) throw invalidPreference('value');
  return preference;
}

function invalidPreference(field: string): ApiError {
  return new ApiError(400, `model.preference.is_valid.${field}.app_error`, { message: `Invalid ${field}.` });
}
