import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { isObject } from '../http/body.ts';
import { findSession, requestToken } from '../http/session.ts';
import type { MattermostState } from '../state/state.ts';
import type { Connection } from './hub.ts';
import { setStatus, statusOf } from './status.ts';

const PATH = '/api/v4/websocket';
const CHALLENGE_MS = 5_000;
const PING_MS = 60_000;

/** Serves `/api/v4/websocket` on `server`. The returned function stops it. */
export function serveWebSockets(state: MattermostState, server: Server): () => void {
  const sockets = new WebSocketServer({ noServer: true });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = (request.url ?? '').split('?')[0];
    if (state.faults.isDown()) return void socket.destroy();
    if (path !== PATH) return void socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\n');
    if (!isOwnOrigin(state, request)) return void socket.end('HTTP/1.1 403 Forbidden\r\nconnection: close\r\n\r\n');
    sockets.handleUpgrade(request, socket, head, (ws) => greet(state, ws, request));
  });
  const pings = setInterval(() => {
    for (const ws of sockets.clients) ws.ping();
  }, PING_MS);
  pings.unref();
  return () => {
    clearInterval(pings);
    for (const ws of sockets.clients) ws.terminate();
    sockets.close();
  };
}

function isOwnOrigin(state: MattermostState, request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  const siteUrl = state.config.ServiceSettings.SiteURL;
  return (
    origin === `http://${host}` ||
    origin === `https://${host}` ||
    (siteUrl !== '' && origin === new URL(siteUrl).origin)
  );
}

/** A socket with a session is greeted at once; another has five seconds to answer the challenge. */
function greet(state: MattermostState, ws: WebSocket, request: IncomingMessage): void {
  const search = new URL(request.url ?? '', 'http://localhost').searchParams;
  const resume = { id: search.get('connection_id') ?? '', seq: Number(search.get('sequence_number') ?? '') };
  let connection: Connection | undefined;
  const begin = (userId: string) => {
    connection = state.hub.resume(resume.id, { userId, seq: resume.seq, socket: ws }) ?? state.hub.open(userId, ws);
    setStatus(state, userId, { status: 'online', manual: false });
  };
  const actor = findSession(state, requestToken(request).token);
  const timer = setTimeout(() => connection ?? ws.close(), CHALLENGE_MS);
  timer.unref();
  ws.on('error', () => ws.terminate());
  ws.on('close', () => {
    clearTimeout(timer);
    if (connection?.socket === ws) {
      state.hub.lost(connection);
      if (!state.hub.isOnline(connection.userId))
        setStatus(state, connection.userId, { status: 'offline', manual: false });
    }
  });
  ws.on('message', (data) => {
    const message = parse(String(data));
    if (message?.action === 'authentication_challenge' && !connection) {
      const found = findSession(state, String(message.data.token ?? ''));
      if (!found) return ws.close();
      begin(found.user.id);
      return reply(ws, message.seq);
    }
    if (!message) return;
    if (!connection) return refuse(ws, message.seq);
    answer(state, ws, { message, userId: connection.userId });
  });
  if (actor) begin(actor.user.id);
}

interface Message {
  seq: number;
  action: string;
  data: Record<string, unknown>;
}

function parse(text: string): Message | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isObject(value) || typeof value.seq !== 'number' || typeof value.action !== 'string') return undefined;
    return { seq: value.seq, action: value.action, data: isObject(value.data) ? value.data : {} };
  } catch {
    return undefined;
  }
}

function answer(state: MattermostState, ws: WebSocket, call: { message: Message; userId: string }): void {
  const { message, userId } = call;
  if (message.action === 'user_typing') {
    const channelId = String(message.data.channel_id ?? '');
    state.hub.publish('typing', { channelId }, () => ({ parent_id: message.data.parent_id ?? '', user_id: userId }));
  }
  reply(ws, message.seq, answerData(state, message));
}

function answerData(state: MattermostState, message: Message): unknown {
  if (message.action === 'ping') return { text: 'pong', version: '11.2.0', server_time: state.now(), node_id: '' };
  if (message.action === 'get_statuses') {
    return Object.fromEntries([...state.store.statuses.values()].map((status) => [status.user_id, status.status]));
  }
  if (message.action !== 'get_statuses_by_ids') return undefined;
  const ids = Array.isArray(message.data.user_ids) ? message.data.user_ids.map(String) : [];
  return Object.fromEntries(ids.map((id) => [id, statusOf(state, id).status]));
}

function reply(ws: WebSocket, seq: number, data?: unknown): void {
  ws.send(JSON.stringify({ status: 'OK', ...(data === undefined ? {} : { data }), seq_reply: seq }));
}

function refuse(ws: WebSocket, seq: number): void {
  const error = {
    id: 'api.web_socket_router.not_authenticated.app_error',
    message: 'WebSocket connection is not authenticated. Please log in and try again.',
    detailed_error: '',
    status_code: 401,
  };
  ws.send(JSON.stringify({ status: 'FAIL', error, seq_reply: seq }));
}
