import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import { ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import { connectUser } from '../../support/connected-user.ts';
import { createOwnDatabase } from '../../support/postgres.ts';
import { createReplicas } from '../../support/replicas.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { until } from '../../support/until.ts';
import { CHATS, NO_DATABASE, PEOPLE } from './replica-readers.ts';

const PRESENCE = 'GET /me/presence';
const TOKEN = 'POST token';

test('two sidecars are one application to Microsoft', async (t) => {
  const database = await createOwnDatabase();
  if (database === null) return t.skip(NO_DATABASE);
  await using stack = new AsyncDisposableStack();
  stack.defer(() => database.drop());
  const environment = await openEnvironment({ databaseUrl: database.url, microsoft: { retryBaseMs: 100 } });
  stack.defer(() => environment.close());
  const replicas = stack.use(
    await createReplicas(environment, { count: 2, env: { LEASE_SECONDS: '2' }, random: createSeededRandom(1) }),
  );
  await replicas.startAll(true);
  // Only when they are away: for that each replica asks where they are.
  await Promise.all(PEOPLE.map((person) => connectUser(environment, person)));
  // While one is busy with a chat, the other takes the next.
  await environment.mattermost.post('/playground/faults', { kind: 'slow', path: 'POST /posts', ms: 300 });
  const ann = createTeamsUser(environment, ANN);
  const sql = (text: string) => ask(database.url, text);
  const requests = () =>
    environment.microsoft.get<Record<'counts' | 'throttledBy', Record<string, number>>>('/playground/requests');
  const asked = async (what: string) => (await requests()).counts[what] ?? 0;
  async function startAnew(): Promise<void> {
    await replicas.stop();
    await environment.microsoft.delete('/playground/requests');
    await replicas.startAll(true);
  }
  async function untilBothPosted(): Promise<void> {
    const posted = ({ url }: { url: string }) => readMetric(url, 'deliveries_total', { outcome: 'posted' });
    await untilAfterLines('both have posted', async () =>
      (await Promise.all(replicas.running().map(posted))).every((count) => count > 0),
    );
  }
  async function untilAfterLines(what: string, check: () => Promise<boolean>): Promise<void> {
    await until(async () => {
      for (const chat of CHATS) await ann.write(chat, 'Where are you?');
      // Else more and more would wait in chats that one replica holds, and it would never give them back.
      await settled(environment, replicas.running()[0]?.url ?? '');
      return check();
    }, what);
  }

  await t.test('a connection whose token both need has it renewed once', async () => {
    await replicas.stop();
    await sql('update connections set access_token = null');
    await environment.microsoft.post('/playground/faults', { kind: 'delay', operation: 'token', ms: 500 });
    await startAnew();
    await untilBothPosted();
    await untilAfterLines('somebody was asked for by both', async () => (await asked(PRESENCE)) > PEOPLE.length);
    await environment.microsoft.delete('/playground/faults');
    assert.equal(await asked(TOKEN), PEOPLE.length);
  });

  await t.test('after a restart they use the token that is still valid', async () => {
    await startAnew();
    await untilBothPosted();
    assert.equal(await asked(TOKEN), 0);
  });

  await t.test('a Retry-After that one got holds back the other', async () => {
    // What is left over would be asked about by both at once, before either can know of the pause.
    await settled(environment, replicas.running()[0]?.url ?? '');
    await environment.microsoft.post('/playground/faults', {
      kind: 'throttle',
      operation: 'GET presence',
      retryAfterSeconds: 600,
    });
    await startAnew();
    await ann.write(CHAT_ALICE_ANN, 'The first one asks.');
    await until(async () => (await sql('select name from pauses')).length > 0, 'one was asked to pause, and told');
    await untilBothPosted();
    assert.deepEqual((await requests()).throttledBy, { [PRESENCE]: 1 });
    assert.equal(await asked(PRESENCE), 1);
  });
});

async function ask(databaseUrl: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(text);
  await client.end();
  return rows;
}
