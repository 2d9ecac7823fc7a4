import { Agent, request } from 'node:https';

/** One POST and how long it may take. */
export interface PostRequest {
  url: string;
  body: string;
  type: string;
  timeoutMs: number;
}

/** Posts and reads the whole answer. Errors: one named `TimeoutError`, and what the network throws. */
export type Post = (request: PostRequest) => Promise<{ status: number; body: string; type: string }>;

/** A poster that trusts `certificatePem` and keeps connections open; `close` ends them. */
export function createPost(certificatePem: string): { post: Post; close(): void } {
  const agent = new Agent({ ca: certificatePem, keepAlive: true, maxSockets: 64 });
  const post: Post = async (what) => {
    try {
      return await send(agent, what);
    } catch (error) {
      // The other side closed an idle connection just as it was used again: nothing was read, so once more is safe.
      if (error instanceof StaleConnection) return send(agent, what);
      throw error;
    }
  };
  return { post, close: () => agent.destroy() };
}

class StaleConnection extends Error {}

function send(agent: Agent, { url, body, type, timeoutMs }: PostRequest): ReturnType<Post> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': type, 'content-length': Buffer.byteLength(body) };
    const outgoing = request(url, { method: 'POST', agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('error', fail);
      answer.on('end', () => {
        clearTimeout(timer);
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: answer.statusCode ?? 0, body: text, type: answer.headers['content-type'] ?? '' });
      });
    });
    const timer = setTimeout(() => {
      outgoing.destroy(Object.assign(new Error('No answer in time.'), { name: 'TimeoutError' }));
    }, timeoutMs);
    function fail(error: NodeJS.ErrnoException): void {
      clearTimeout(timer);
      const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(isStale ? new StaleConnection(error.message, { cause: error }) : error);
    }
    outgoing.on('error', fail);
    outgoing.end(body);
  });
}
