import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { idParam, query, rawBody } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { type Actor, actor } from '../http/session.ts';
import { contentType } from '../http/shell.ts';
import { checkRestrictedDm } from '../posts/create.ts';
import { newId } from '../state/ids.ts';
import { imageSize } from '../state/image-size.ts';
import type { Channel, FileInfo } from '../state/model.ts';
import { canPost, canRead, isAdmin } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

interface Upload {
  name: string;
  mimeType: string;
  bytes: Buffer;
}

/** Uploading files (raw body or multipart) and reading them. */
export function fileRoutes(app: FastifyInstance, state: MattermostState): void {
  const bodyLimit = state.config.FileSettings.MaxFileSize;
  app.post('/files', { bodyLimit }, async (request, reply) => {
    const who = actor(state, request);
    if (!state.config.FileSettings.EnableFileAttachments) {
      throw new ApiError(501, 'api.file.attachments.disabled.app_error', {
        message: 'File attachments have been disabled on this server.',
      });
    }
    const { channelId, uploads, clientIds } = await readUploads(request);
    const channel = uploadChannel(state, who, channelId);
    if (uploads.length === 0)
      throw new ApiError(400, 'api.file.upload_file.read_request.app_error', { message: 'No files in request.' });
    const infos: FileInfo[] = [];
    for (const upload of uploads) infos.push(await storeFile(state, { who, channel, upload }));
    reply.code(201);
    return { file_infos: infos, client_ids: clientIds };
  });
  app.get('/files/:file_id', async (request, reply) => sendFile(state, request, reply));
  app.get('/files/:file_id/thumbnail', async (request, reply) => sendFile(state, request, reply));
  app.get('/files/:file_id/preview', async (request, reply) => sendFile(state, request, reply));
  app.get('/files/:file_id/info', async (request) =>
    readableFile(state, actor(state, request), idParam(request, 'file_id')),
  );
}

async function readUploads(
  request: FastifyRequest,
): Promise<{ channelId: string; uploads: Upload[]; clientIds: string[] }> {
  if (!request.isMultipart()) {
    const name = query(request, 'filename');
    if (name === '') throw invalidBody('filename');
    const mimeType = request.headers['content-type'] ?? contentType(name);
    return {
      channelId: query(request, 'channel_id'),
      uploads: [{ name, mimeType, bytes: rawBody(request) }],
      clientIds: [],
    };
  }
  let channelId = query(request, 'channel_id');
  const uploads: Upload[] = [];
  const clientIds: string[] = [];
  for await (const part of request.parts()) {
    if (part.type === 'file') {
      uploads.push({ name: part.filename, mimeType: part.mimetype, bytes: await part.toBuffer() });
    } else if (part.fieldname === 'channel_id') {
      channelId = String(part.value);
    } else if (part.fieldname === 'client_ids') {
      clientIds.push(String(part.value));
    }
  }
  return { channelId, uploads, clientIds };
}

function uploadChannel(state: MattermostState, who: Actor, channelId: string): Channel {
  const channel = state.store.channels.get(channelId);
  if (!channel || !canPost(state.store, who.user, channel)) throw forbidden('upload_file');
  checkRestrictedDm(state, who.user, channel);
  return channel;
}

async function storeFile(
  state: MattermostState,
  what: { who: Actor; channel: Channel; upload: Upload },
): Promise<FileInfo> {
  const { upload } = what;
  const name = upload.name.split(/[/\\]/).at(-1) || 'file';
  const known = contentType(name);
  const size = imageSize(upload.bytes);
  const now = state.now();
  const info: FileInfo = {
    id: newId(),
    user_id: what.who.user.id,
    post_id: '',
    channel_id: what.channel.id,
    create_at: now,
    update_at: now,
    delete_at: 0,
    name,
    extension: name.includes('.') ? (name.split('.').at(-1) ?? '').toLowerCase() : '',
    size: upload.bytes.length,
    mime_type: size ? size.type : known === 'application/octet-stream' ? upload.mimeType : known,
    width: size?.width ?? 0,
    height: size?.height ?? 0,
    has_preview_image: size !== undefined,
    mini_preview: null,
  };
  await state.blobs.put(info.id, upload.bytes);
  state.store.files.set(info.id, info);
  return info;
}

function readableFile(state: MattermostState, who: Actor, id: string): FileInfo {
  const file = state.store.files.get(id);
  if (file?.delete_at !== 0) throw missing('app.file_info.get.app_error', 'file info');
  const channel = state.store.channels.get(file.channel_id);
  const isOwn = file.user_id === who.user.id || isAdmin(who.user);
  const mayRead = channel !== undefined && canRead(state.store, who.user, channel);
  if (!isOwn && !(file.post_id !== '' && mayRead)) throw forbidden('read_channel_content');
  return file;
}

async function sendFile(state: MattermostState, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const file = readableFile(state, actor(state, request), idParam(request, 'file_id'));
  const bytes = await state.blobs.get(file.id);
  if (!bytes) throw missing('api.file.read_file.reading_local.app_error', 'file');
  const isSafe = /^(image\/(png|jpeg|gif|webp|bmp)|video\/|audio\/|text\/plain)/.test(file.mime_type);
  const disposition = isSafe && query(request, 'download') !== '1' ? 'inline' : 'attachment';
  return reply
    .header('cache-control', 'private, max-age=86400')
    .header(
      'content-disposition',
      `${disposition};filename="${encodeURIComponent(file.name)}"; filename*=UTF-8''${encodeURIComponent(file.name)}`,
    )
    .header('content-security-policy', "Frame-ancestors 'none'")
    .header('x-frame-options', 'DENY')
    .type(isSafe ? file.mime_type : 'application/octet-stream')
    .send(bytes);
}
