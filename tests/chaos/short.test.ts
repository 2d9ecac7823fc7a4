import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createOwnDatabase } from '../support/postgres.ts';
import { runChaos } from './chaos.ts';
import { isFlawless, summary } from './summary.ts';

/** Few enough for every build; `npm run chaos` is the long one. */
const SHORT = { seed: 1, kills: 5, messages: 200, users: 6, chats: 10, leaseSeconds: 4, say: () => {} };

describe('a short chaos run', { concurrency: true }, () => {
  it('keeps every promise on SQLite', async () => {
    const verdict = await runChaos({ ...SHORT, replicas: 1, database: null });
    assert.ok(isFlawless(verdict), summary(verdict, SHORT.seed).join('\n'));
  });

  it('keeps every promise on PostgreSQL with three sidecars', async (t) => {
    const database = await createOwnDatabase();
    if (database === null) return t.skip('no PostgreSQL: start one on 127.0.0.1:5432 or set DATABASE_URL_TEST');
    t.after(() => database.drop());
    const verdict = await runChaos({ ...SHORT, replicas: 3, database });
    assert.ok(isFlawless(verdict), summary(verdict, SHORT.seed).join('\n'));
  });
});
