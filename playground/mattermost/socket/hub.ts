import type { WebSocket } from 'ws';
import { newId } from '../state/ids.ts';
import type { Store } from '../state/store.ts';

const QUEUE = 256;
const RESUMABLE_MS = 300_000;

/** Who gets an event. */
export type Audience = { userId: string } | { channelId: string } | { everyone: true };

/** One WebSocket client; it outlives its socket for five minutes, so that the client can resume. */
export interface Connection {
  id: string;
  userId: string;
  socket: WebSocket | null;
  /** Sequence number of the next event. */
  seq: number;
  sent: { seq: number; text: string }[];
  lostAt: number;
}

/** Sends events to open clients. */
export interface Hub {
  /** `data` is asked once per receiver and only when there is one. */
  publish(event: string, audience: Audience, data: (userId: string) => Record<string, unknown>): void;
  open(userId: string, socket: WebSocket): Connection;
  /** The lost connection `id` with everything after `seq` sent again, or nothing when that is no longer possible. */
  resume(id: string, options: { userId: string; seq: number; socket: WebSocket }): Connection | undefined;
  /** The socket is gone. */
  lost(connection: Connection): void;
  /** True while the person has an open client. */
  isOnline(userId: string): boolean;
  /** Ends the sockets of one person, for good. */
  drop(userId: string): void;
  /** Closes every socket and forgets every connection, as a restart does. */
  reset(): void;
}

/** A hub without clients. */
export function createHub(store: Store, now: () => number): Hub {
  const byUser = new Map<string, Set<Connection>>();
  const forget = (connection: Connection) => {
    const connections = byUser.get(connection.userId);
    connections?.delete(connection);
    if (connections?.size === 0) byUser.delete(connection.userId);
  };
  return {
    publish(event, audience, data) {
      if (byUser.size === 0) return;
      const broadcast = broadcastOf(audience);
      for (const userId of receivers(store, byUser, audience)) {
        const body = JSON.stringify({ event, data: data(userId), broadcast }).slice(0, -1);
        for (const connection of byUser.get(userId) ?? []) {
          if (connection.socket === null && now() - connection.lostAt > RESUMABLE_MS) forget(connection);
          else deliver(connection, body);
        }
      }
    },
    open(userId, socket) {
      const connection: Connection = { id: newId(), userId, socket, seq: 0, sent: [], lostAt: 0 };
      byUser.set(userId, (byUser.get(userId) ?? new Set()).add(connection));
      const data = {
        connection_id: connection.id,
        server_hostname: 'playground',
        server_version: '11.2.0.11.2.0.0d5c1a2b.false',
      };
      deliver(connection, JSON.stringify({ event: 'hello', data, broadcast: broadcastOf({ userId }) }).slice(0, -1));
      return connection;
    },
    resume(id, { userId, seq, socket }) {
      const connection = [...(byUser.get(userId) ?? [])].find((item) => item.id === id);
      if (!connection || !hasAllSince(connection, seq)) return undefined;
      connection.socket?.close();
      connection.socket = socket;
      for (const message of connection.sent) if (message.seq >= seq) socket.send(message.text);
      return connection;
    },
    lost(connection) {
      connection.socket = null;
      connection.lostAt = now();
    },
    isOnline: (userId) => [...(byUser.get(userId) ?? [])].some((connection) => connection.socket !== null),
    drop(userId) {
      for (const connection of byUser.get(userId) ?? []) connection.socket?.close();
      byUser.delete(userId);
    },
    reset() {
      for (const connections of byUser.values()) for (const connection of connections) connection.socket?.terminate();
      byUser.clear();
    },
  };
}

function receivers(store: Store, byUser: Map<string, Set<Connection>>, audience: Audience): string[] {
  if ('userId' in audience) return byUser.has(audience.userId) ? [audience.userId] : [];
  if ('everyone' in audience) return [...byUser.keys()];
  const members = store.channelMembers.get(audience.channelId);
  if (!members) return [];
  // The smaller side is walked: a direct channel has two members, a big team few open clients.
  if (members.size < byUser.size) return [...members.keys()].filter((userId) => byUser.has(userId));
  return [...byUser.keys()].filter((userId) => members.has(userId));
}

function broadcastOf(audience: Audience): Record<string, unknown> {
  return {
    omit_users: null,
    user_id: 'userId' in audience ? audience.userId : '',
    channel_id: 'channelId' in audience ? audience.channelId : '',
    team_id: '',
    connection_id: '',
    omit_connection_id: '',
  };
}

function deliver(connection: Connection, body: string): void {
  const text = `${body},"seq":${connection.seq}}`;
  connection.sent.push({ seq: connection.seq, text });
  if (connection.sent.length > QUEUE) connection.sent.shift();
  connection.seq += 1;
  connection.socket?.send(text);
}

function hasAllSince(connection: Connection, seq: number): boolean {
  return seq <= connection.seq && seq > 0 && (seq === connection.seq || (connection.sent[0]?.seq ?? 0) <= seq);
}
