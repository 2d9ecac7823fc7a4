import { Client4 as sharedClient } from 'mattermost-redux/client';
import type { BeforeSend } from '../../core/ports/bot.ts';
import type { OpenFile } from '../../core/ports/files.ts';
import { MINUTE } from '../../core/time.ts';
import type { Transport } from './transport.ts';

type Client4 = typeof sharedClient;

const UPLOAD_TIMEOUT_MS = 5 * MINUTE;

// mattermost-redux exports one shared instance only; its class is what we need an instance of our own of.
const Client4Class = sharedClient.constructor as new () => Client4;

interface Written {
  body: Record<string, unknown>;
  beforeSend: BeforeSend | undefined;
}

/** The `Client4` of mattermost-redux with our transport under every one of its calls. Errors: `mattermost_*`. */
export class MattermostClient extends Client4Class {
  private readonly transport: Transport;

  constructor(options: { url: string; token: string; transport: Transport }) {
    super();
    this.transport = options.transport;
    this.setUrl(options.url.replace(/\/+$/, ''));
    this.setToken(options.token);
    this.setIncludeCookies(false);
    // Typed as private there, and the one function that all its calls end in.
    Object.assign(this, {
      doFetchWithResponse: async (url: string, request: Parameters<Client4['getOptions']>[0]) => {
        const { method = 'get', headers, body } = this.getOptions(request);
        const answer = await options.transport.send({ url, method: method.toUpperCase(), headers, body });
        return { ...answer, response: { ok: true, status: answer.status } };
      },
    });
  }

  /** Uploads a file without holding it in memory, which `uploadFile` cannot. */
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

  /** Creates a post without showing its author as online (`set_online=false`), which `createPost` cannot. */
  createQuietPost(post: Record<string, unknown>, beforeSend?: BeforeSend): Promise<unknown> {
    return this.write('POST', `${this.getPostsRoute()}?set_online=false`, { body: post, beforeSend });
  }

  /** As `patchPost`, looking once more before it is sent. */
  patchQuietly(postId: string, patch: Record<string, unknown>, beforeSend?: BeforeSend): Promise<unknown> {
    return this.write('PUT', `${this.getPostRoute(postId)}/patch`, { body: patch, beforeSend });
  }

  private async write(method: 'POST' | 'PUT', url: string, { body, beforeSend }: Written): Promise<unknown> {
    const { headers } = this.getOptions({ method });
    const { data } = await this.transport.send({ url, method, headers, body: JSON.stringify(body), beforeSend });
    return data;
  }
}
