import { randomBytes } from 'node:crypto';
import { unlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * How Mattermost starts a plugin: it runs the executable with a cookie in the environment, reads one line from its standard output and
 * connects to the socket named there. Source: `server/public/plugin/supervisor.go` of Mattermost and
 * https://github.com/hashicorp/go-plugin/blob/v1.7.0/client.go
 */

const COOKIE = 'MATTERMOST_PLUGIN';
const COOKIE_VALUE = 'Securely message teams, anywhere.';

/** Go-plugin's limit for the path of a Unix socket on Linux, without the closing zero. */
const MAX_SOCKET_PATH = 107;

export interface HandshakeOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** Writes the one line that the host reads; nothing else may ever be written there. */
  print(line: string): void;
}

/** True when Mattermost started this process, and not a person. */
export function isStartedByMattermost(env: HandshakeOptions['env']): boolean {
  return env[COOKIE] === COOKIE_VALUE;
}

/**
 * Listens, prints the line within Mattermost's 3 s and waits for the one connection, after which the socket is closed to others.
 * @throws the socket's error when it cannot be made.
 */
export function connectToHost({ env, print }: HandshakeOptions): Promise<Socket> {
  const path = join(env.PLUGIN_UNIX_SOCKET_DIR || tmpdir(), `plugin${randomBytes(8).toString('hex')}`);
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH) {
    return Promise.reject(new Error(`The folder for temporary files has too long a path for a Unix socket: ${path}`));
  }
  return new Promise((resolve, reject) => {
    // The user's own, as the folder may be anybody's: only the host, which runs as the same user, may connect.
    const server = createServer();
    server.maxConnections = 1;
    server.once('error', reject);
    server.once('connection', (socket) => {
      server.close();
      // A server that closes removes its socket's file itself; this is for the connection that still counts as its own.
      try {
        unlinkSync(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return reject(error);
      }
      resolve(socket);
    });
    server.listen(path, () => print(`1|1|unix|${path}|netrpc|\n`));
  });
}
