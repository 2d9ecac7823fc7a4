import { posix } from 'node:path';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { param } from '../http/body.ts';
import { ApiError } from '../http/errors.ts';
import { actor, adminActor } from '../http/session.ts';
import { contentType } from '../http/shell.ts';
import {
  checkEnabled,
  checkUploads,
  clientManifest,
  installPlugin,
  removePlugin,
  setEnabled,
} from '../plugins/install.ts';
import type { InstalledPlugin } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';

/** Plugins below `/api/v4`: upload, switch on and off, remove, list. */
export function pluginRoutes(app: FastifyInstance, state: MattermostState): void {
  const plugins = () => [...state.store.plugins.values()];
  app.post('/plugins', { bodyLimit: state.config.FileSettings.MaxFileSize }, async (request, reply) => {
    actor(state, request);
    checkUploads(state);
    adminActor(state, request, 'sysconsole_write_plugins');
    if (!request.isMultipart()) throw noArchive();
    let archive: Buffer | undefined;
    let force = false;
    for await (const part of request.parts()) {
      if (part.type === 'file' && part.fieldname === 'plugin') archive = await part.toBuffer();
      else if (part.type === 'field' && part.fieldname === 'force') force = part.value === 'true';
    }
    if (!archive) throw noArchive();
    reply.code(201);
    return installPlugin(state, archive, force);
  });
  app.get('/plugins', async (request) => {
    actor(state, request);
    checkEnabled(state);
    adminActor(state, request, 'sysconsole_read_plugins');
    const list = (isActive: boolean) =>
      plugins()
        .filter((item) => (item.state === 2) === isActive)
        .map((item) => item.manifest);
    return { active: list(true), inactive: list(false) };
  });
  app.get('/plugins/statuses', async (request) => {
    actor(state, request);
    checkEnabled(state);
    adminActor(state, request, 'sysconsole_read_plugins');
    return plugins().map(status);
  });
  app.get('/plugins/webapp', async () => {
    checkEnabled(state);
    const active = plugins().filter((plugin) => plugin.state === 2 && plugin.bundleName !== '');
    return active.map((plugin) => {
      const { settings_schema: _, ...manifest } = clientManifest(plugin);
      return manifest;
    });
  });
  for (const verb of ['enable', 'disable'] as const) {
    app.post(`/plugins/:plugin_id/${verb}`, async (request) => {
      actor(state, request);
      checkEnabled(state);
      adminActor(state, request, 'sysconsole_write_plugins');
      setEnabled(state, param(request, 'plugin_id'), verb === 'enable');
      return { status: 'OK' };
    });
  }
  app.delete('/plugins/:plugin_id', async (request) => {
    actor(state, request);
    checkEnabled(state);
    adminActor(state, request, 'sysconsole_write_plugins');
    await removePlugin(state, param(request, 'plugin_id'));
    return { status: 'OK' };
  });
}

/** The files of plugins, without a session: `/static/plugins/{id}/…` beside the bundle, `/plugins/{id}/public/…` while active. */
export function pluginFileRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/static/plugins/:plugin_id/*', async (request, reply) => {
    const plugin = state.store.plugins.get(param(request, 'plugin_id'));
    const path = plugin ? staticPath(plugin, param(request, '*')) : '';
    reply.header('cache-control', 'max-age=31556926, public');
    return send(reply, { bytes: plugin?.files.get(path), name: path });
  });
  app.get('/plugins/:plugin_id/public/*', async (request, reply) => {
    const plugin = state.store.plugins.get(param(request, 'plugin_id'));
    const path = posix.normalize(`public/${param(request, '*')}`);
    return send(reply, {
      bytes: plugin?.state === 2 && path.startsWith('public/') ? plugin.files.get(path) : undefined,
      name: path,
    });
  });
}

/** The bundle is served under its hashed name, its neighbours under their own. */
function staticPath(plugin: InstalledPlugin, name: string): string {
  const bundle = (plugin.manifest.webapp?.bundle_path ?? '').replace(/^\.?\//, '');
  if (name === plugin.bundleName) return bundle;
  const path = posix.join(posix.dirname(bundle), name);
  return path === bundle ? '' : path;
}

function send(reply: FastifyReply, file: { bytes: Buffer | undefined; name: string }): FastifyReply {
  if (!file.bytes) return reply.code(404).type('text/plain').send('404 page not found');
  return reply.type(contentType(file.name)).send(file.bytes);
}

function status(plugin: InstalledPlugin) {
  const { id, name, version } = plugin.manifest;
  return {
    plugin_id: id,
    cluster_id: '',
    plugin_path: `plugins/${id}`,
    state: plugin.state,
    error: plugin.error,
    name,
    description: String(plugin.manifest.description ?? ''),
    version,
  };
}

function noArchive(): ApiError {
  return new ApiError(400, 'api.plugin.upload.no_file.app_error', {
    message: 'Missing file in multipart/form request.',
  });
}
