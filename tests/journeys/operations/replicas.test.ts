import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import { ANN } from '../../../playground/sample.ts';
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { connectUser, idsOf } from '../../support/connected-user.ts';
import { createOwnDatabase } from '../../support/postgres.ts';
import { createReplicas } from '../../support/replicas.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { until } from '../../support/until.ts';
import { CHATS, NO_DATABASE, PEOPLE } from './replica-readers.ts';

const HOUR = 3_600_000;

test('two sidecars on one PostgreSQL', async (t) => {
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
  const join = (person: (typeof PEOPLE)[number]) =>
    connectUser(environment, { ...person, preferences: { fold: false } });
  const readers = await Promise.all(PEOPLE.map(join));
  const ann = createTeamsUser(environment, ANN);
  const written: WrittenMessage[] = [];

  const urls = () => replicas.running().map(({ url }) => url);
  const writeLines = async (lines: number) => {
    for (let line = 1; line <= lines; line += 1) {
      for (const chat of CHATS) written.push(await ann.write(chat, `Line ${written.length}`));
    }
  };
  async function assertArrived(): Promise<void> {
    await settled(environment, urls()[0] ?? '');
    for (const [at, reader] of readers.entries()) {
      const shown = await reader.delivered();
      for (const { id, members } of CHATS) {
        const ofChat = ({ chatId }: { chatId: string }) => chatId === id;
        const expected = members.includes(PEOPLE[at]?.as.oid ?? '') ? idsOf(written.filter(ofChat)) : [];
        assert.deepEqual(idsOf(shown.filter(ofChat)), expected);
      }
    }
  }

  await t.test('both work, and each user gets each message once and in order', async () => {
    const posted = (url: string) => readMetric(url, 'deliveries_total', { outcome: 'posted' });
    await until(async () => {
      await writeLines(1);
      return (await Promise.all(urls().map(posted))).every((count) => count > 0);
    }, 'both have posted');
    await assertArrived();
  });

  await t.test('started at the same time with subscriptions that are due, they renew each once', async () => {
    const codes = await replicas.stop();
    assert.deepEqual(codes, [0, 0]);
    await age(database.url, HOUR);
    await environment.microsoft.delete('/playground/requests');
    await replicas.startAll(true);
    const counts = async () =>
      (await environment.microsoft.get<{ counts: Record<string, number> }>('/playground/requests')).counts;
    const renewals = async () => (await counts())['PATCH /subscriptions/{subscriptionId}'] ?? 0;
    await until(async () => (await renewals()) >= PEOPLE.length, 'all are renewed');
    await writeLines(1);
    await assertArrived();
    assert.equal(await renewals(), PEOPLE.length);
    assert.equal((await counts())['POST /subscriptions'], undefined);
  });

  await t.test('the work of a killed sidecar is done by the other', async () => {
    await environment.mattermost.post('/playground/faults', { kind: 'slow', path: 'POST /posts', ms: 200 });
    await writeLines(3);
    await replicas.running()[0]?.kill();
    await assertArrived();
    await environment.mattermost.delete('/playground/faults');
  });
});

/** Makes all subscriptions older than they are. */
async function age(databaseUrl: string, ms: number): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('update subscriptions set renewed_at = renewed_at - $1', [ms]);
  await client.end();
}
