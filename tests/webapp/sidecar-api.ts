import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import type {
  MeResponse,
  MuteRequest,
  NotificationView,
  PreferencesView,
  ReplyView,
} from '../../sidecar/src/api/schema.ts';

/** A small server that is Mattermost's command endpoint and the sidecar's API in one; what it answers can be changed by the test. */
export interface Peer {
  url: string;
  me: MeResponse;
  notifications: NotificationView[];
  reply: ReplyView;
  /** Answers of the command endpoint: a session, no such command, or something foreign. */
  command: 'session' | 'missing' | 'foreign';
  /** How many calls are refused with 401 before one is accepted. */
  refusals: number;
  seen: Array<{ path: string; headers: Record<string, unknown>; body: unknown }>;
  /** The sidecar's address that sessions name. */
  sidecarUrl: string;
  close(): Promise<void>;
}

const PREFERENCES: PreferencesView = {
  enabled: false,
  when: 'away',
  chats: { oneOnOne: 'all', group: 'all', meeting: 'all' },
  fold: true,
  quietHours: null,
};

export async function startPeer(): Promise<Peer> {
  const app = Fastify({ forceCloseConnections: true });
  const peer: Peer = {
    url: '',
    me: { connection: null, preferences: PREFERENCES, mutes: [], botUserId: 'bot' },
    notifications: [],
    reply: { text: 'Hello', buttons: [], openUrl: null },
    command: 'session',
    refusals: 0,
    seen: [],
    sidecarUrl: '',
    close: () => app.close(),
  };
  app.addHook('preHandler', async (request, reply) => {
    peer.seen.push({ path: request.url, headers: request.headers, body: request.body });
    if (request.url.startsWith('/api/v1/') && peer.refusals > 0) {
      peer.refusals -= 1;
      return reply
        .status(401)
        .send({ error: { code: 'unauthorized', message: 'The session has ended.', requestId: '1' } });
    }
  });
  app.post('/api/v4/commands/execute', (_, reply) => {
    if (peer.command === 'missing')
      return reply.status(404).send({ id: 'api.command.execute_command.not_found.app_error' });
    if (peer.command === 'foreign') return { text: 'MS Teams' };
    const session = `session-${peer.seen.length}`;
    return { text: '', props: { msteams: { sidecarUrl: peer.sidecarUrl, session, expiresAt: Date.now() + 600_000 } } };
  });
  app.get('/api/v1/me', () => peer.me);
  app.post('/api/v1/commands', () => peer.reply);
  app.post('/api/v1/actions', () => peer.reply);
  app.post('/api/v1/connect', () => ({
    url: 'https://sidecar.example/connect?link=abc',
    expiresAt: Date.now() + 600_000,
  }));
  app.post('/api/v1/disconnect', () => {
    peer.me = { ...peer.me, connection: null };
    return { disconnected: true };
  });
  app.get('/api/v1/notifications', () => ({ notifications: peer.notifications }));
  app.post('/api/v1/mutes', (request) => {
    const { chatId, span } = request.body as MuteRequest;
    const until = span === 'good' ? null : Date.now() + 3_600_000;
    peer.me = { ...peer.me, mutes: [{ chatId, title: 'Budget 2027', until }, ...peer.me.mutes] };
    return { mutes: peer.me.mutes };
  });
  app.delete('/api/v1/mutes/:chatId', (request) => {
    const { chatId } = request.params as { chatId: string };
    peer.me = { ...peer.me, mutes: peer.me.mutes.filter((mute) => mute.chatId !== chatId) };
    return { mutes: peer.me.mutes };
  });
  app.put('/api/v1/preferences', (request, reply) => {
    const preferences = { ...peer.me.preferences, ...(request.body as Partial<PreferencesView>) };
    if (!peer.me.connection) {
      return reply
        .status(409)
        .send({ error: { code: 'reconnect_needed', message: 'Connect your account first.', requestId: '2' } });
    }
    peer.me = { ...peer.me, preferences };
    return preferences;
  });
  await app.listen({ port: 0, host: '127.0.0.1' });
  peer.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  peer.sidecarUrl = peer.url;
  return peer;
}
