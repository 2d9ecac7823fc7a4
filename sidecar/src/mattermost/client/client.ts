import { Client4 as sharedClient } from 'mattermost-redux/client';
import type { BeforeSend } from '../../core/ports/bot.ts';
import type { OpenFile } from '../../core/ports/files.ts';
import { MINUTE } from '../../core/time.ts';
import type { Transport } from './transport.ts';

type Client4 = typeof sharedClient;

const UPLOAD_TIMEOUT_MS = 5 * MINUTE;

// mattermost-redux exports one shared instance only; an instance of our own needs its class.
const Client4Class = sharedClient.constructor as new () => Client4;

/** The `Client4` of mattermost-redux, whose calls all go through our transport. @throws {AppError} mattermost_* */
export class MattermostClient extends Client4Class {
  private readonly transport: Transport;

  constructor(options: { url: string; token: string; transport: Transport }) {
    super();
    this.transport = options.transport;
    this.setUrl(options.url.replace(/\/+$/, ''));
    this.setToken(options.token);
    this.setIncludeCookies(false);
    // Every call of `Client4` ends in this function, which is typed as private.
    Object.assign(this, {
      doFetchWithResponse: async (url: string, request: Parameters<Client4['getOptions']>[0]) => {
        const { method = 'get', headers, body } = this.getOptions(request);
        const answer = await options.transport.send({ url, method: method.toUpperCase(), headers, body });
        return { ...answer, response: { ok: true, status: answer.status } };
      },
    });
  }

  /** Uploads a file as a stream; `uploadFile` would hold it in memory. */
  async uploadStream({ channelId, name, size, body }: OpenFile & { channelId: string }): Promise<unknown> {
    const { headers } = this.getOptions({});
    const query = new URLSearchParams({ channel_id: channelId, filename: name });
    const { data } = await this.transport.send({
      url: `${this.getFilesRoute()}?${query}`,
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/octet-stream', 'Content-Length': String(size) },
      body,
      timeoutMs: UPLOAD_TIMEOUT_MS,
    });
    return data;
  }

  /** As `createPost`, but the author is not shown as online (`set_online=false`). */
  createQuietPost(post: Record<string, unknown>, beforeSend?: BeforeSend): Promise<unknown> {
    return this.write('POST', `${this.getPostsRoute()}?set_online=false`, { body: post, beforeSend });
  }

  /** As `patchPost`, with `beforeSend`. */
  patchQuietly(postId: string, patch: Record<string, unknown>, beforeSend?: BeforeSend): Promise<unknown> {
    return this.write('PUT', `${this.getPostRoute(postId)}/patch`, { body: patch, beforeSend });
  }

  private async write(
    method: 'POST' | 'PUT',
    url: string,
    { body, beforeSend }: { body: Record<string, unknown>; beforeSend: BeforeSend | undefined },
  ): Promise<unknown> {
    const { headers } = this.getOptions({ method });
    const { data } = await this.transport.send({ url, method, headers, body: JSON.stringify(body), beforeSend });
    return data;
  }
}
