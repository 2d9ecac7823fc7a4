import { constants, createDecipheriv, createHmac, createPrivateKey, type KeyObject, privateDecrypt } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import Fastify from 'fastify';
import pg from 'pg';
import { Pool } from 'undici';
import { answerCalls } from './child.ts';
import { channelId } from './users.ts';

/**
 * The least that could be done, in a process of its own. `/intake` parses the body, commits one row and answers 202. `/forward` does
 * that, and then decrypts the message, posts it as it is and deletes the row: no order within chats, no second look after a crash, no
 * conversion.
 */

/** How a floor is started. */
export interface FloorSettings {
  dataDir: string;
  databaseUrl: string | null;
  mattermostUrl: string;
  /** Null: nothing is forwarded. */
  privateKeyPem: string | null;
}

interface Rows {
  insert(text: string): Promise<number>;
  remove(id: number): Promise<void>;
}

interface Content {
  data: string;
  dataSignature: string;
  dataKey: string;
}

interface Body {
  value: Array<{ encryptedContent: Content }>;
}

answerCalls({
  start,
  cpuSeconds: () => process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  memory: () => process.memoryUsage.rss(),
});

async function start(settings: FloorSettings): Promise<string> {
  const rows = settings.databaseUrl === null ? openSqlite(settings.dataDir) : await openPostgres(settings.databaseUrl);
  const mattermost = new Pool(settings.mattermostUrl, { connections: 64 });
  const key = settings.privateKeyPem === null ? null : createPrivateKey(settings.privateKeyPem);
  const app = Fastify({ bodyLimit: 8 * 1024 * 1024 });
  app.post('/intake', async (request, reply) => {
    await rows.insert(JSON.stringify(request.body));
    return reply.code(202).send();
  });
  app.post('/forward', async (request, reply) => {
    const id = await rows.insert(JSON.stringify(request.body));
    setImmediate(() => void forward(request.body as Body, id));
    return reply.code(202).send();
  });

  async function forward(body: Body, id: number): Promise<void> {
    const content = body.value[0]?.encryptedContent;
    if (!content || key === null) return;
    const message = JSON.parse(decrypt(content, key)) as { body: { content: string } };
    const response = await mattermost.request({
      path: '/api/v4/posts',
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ channel_id: channelId(0), message: message.body.content }),
    });
    await response.body.json();
    await rows.remove(id);
  }

  return app.listen({ port: 0, host: '127.0.0.1' });
}

function openSqlite(dataDir: string): Rows {
  const db = new DatabaseSync(join(dataDir, 'floor.db'));
  db.exec('pragma journal_mode = wal; pragma synchronous = full');
  db.exec('create table if not exists bare (id integer primary key, body text not null)');
  const insert = db.prepare('insert into bare (body) values (?)');
  const remove = db.prepare('delete from bare where id = ?');
  return {
    insert: async (text) => Number(insert.run(text).lastInsertRowid),
    remove: async (id) => void remove.run(id),
  };
}

async function openPostgres(databaseUrl: string): Promise<Rows> {
  const url = new URL(databaseUrl);
  const schema = url.searchParams.get('schema');
  url.searchParams.delete('schema');
  const pool = new pg.Pool({ connectionString: url.href, max: 10, options: `-c search_path=${schema}` });
  await pool.query('create table if not exists bare (id bigserial primary key, body text not null)');
  return {
    insert: async (text) =>
      Number(
        (await pool.query<{ id: string }>('insert into bare (body) values ($1) returning id', [text])).rows[0]?.id,
      ),
    remove: async (id) => void (await pool.query('delete from bare where id = $1', [id])),
  };
}

function decrypt({ data, dataSignature, dataKey }: Content, key: KeyObject): string {
  const padding = { key, padding: constants.RSA_PKCS1_OAEP_PADDING };
  const symmetric = privateDecrypt(padding, Buffer.from(dataKey, 'base64'));
  const bytes = Buffer.from(data, 'base64');
  if (createHmac('sha256', symmetric).update(bytes).digest('base64') !== dataSignature) throw new Error('signature');
  const decipher = createDecipheriv('aes-256-cbc', symmetric, symmetric.subarray(0, 16));
  return Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8');
}
