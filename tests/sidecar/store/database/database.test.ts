import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toAppError } from '../../../../sidecar/src/core/errors.ts';
import { openDatabase } from '../../../../sidecar/src/store/database/database.ts';
import { migrate, readMigrations } from '../../../../sidecar/src/store/database/migrate.ts';
import type { Query } from '../../../../sidecar/src/store/database/sql.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { silentLog } from '../../../support/log.ts';

for (const kind of await databaseKinds()) {
  describe(`database on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const test = await kind.create();
    const { db } = test;
    after(test.drop);
    const lease = 'insert into leases (name, holder, fence, expires_at) values ($1, $2, 1, $3)';
    const names = async () =>
      (await db.query<{ name: string }>('select name from leases order by name')).map((row) => row.name);

    it('undoes a failed transaction, and only that one, when several are under way', async () => {
      const failing = db.transaction(async (tx) => {
        await tx.query(lease, ['lost', 'h', 1]);
        throw new Error('on purpose');
      });
      const results = await Promise.allSettled([
        db.query(lease, ['before', 'h', 1]),
        failing,
        db.transaction((tx) => tx.query(lease, ['after', 'h', 1])),
        db.query(lease, ['before', 'h', 1]),
      ]);
      assert.equal(results[1]?.status, 'rejected');
      assert.equal(results.filter((result) => result.status === 'fulfilled').length, 2);
      assert.deepEqual(await names(), ['after', 'before']);
    });

    it('does all of a batch or nothing, and gives back the rows of the first statement', async () => {
      const insert = (name: string) => ({ sql: `${lease} returning name`, params: [name, 'h', 1] });
      await assert.rejects(db.batch([insert('batch 1'), insert('batch 2'), insert('batch 1')]));
      assert.ok(!(await names()).some((name) => name.startsWith('batch')));
      const rows = await db.batch<{ name: string }>([insert('batch 3'), insert('batch 4')]);
      assert.deepEqual(
        rows.map(({ name }) => name),
        ['batch 3'],
      );
      await db.batch([{ sql: "delete from leases where name like 'batch%'", params: [] }]);
      assert.ok(!(await names()).some((name) => name.startsWith('batch')));
    });

    it('takes one value in several places and gives milliseconds back as numbers', async () => {
      await db.query('insert into leases (name, holder, fence, expires_at) values ($1, $1, $2, $2)', [
        'n',
        1_800_000_000_000,
      ]);
      const rows = await db.query('select holder, fence, expires_at from leases where name = $1', ['n']);
      assert.deepEqual({ ...rows[0] }, { holder: 'n', fence: 1_800_000_000_000, expires_at: 1_800_000_000_000 });
    });

    it('wakes a listener once the notifying transaction is committed, and not after it stopped', async () => {
      let wakes = 0;
      let woken = () => {};
      const stop = await db.listen('tests', () => {
        wakes += 1;
        woken();
      });
      const heard = new Promise<void>((resolve) => {
        woken = resolve;
      });
      await db.transaction((tx) => db.notify(tx, 'tests'));
      await heard;
      await stop();
      const before = wakes;
      await db.transaction((tx) => db.notify(tx, 'tests'));
      await db.query('select 1');
      assert.equal(wakes, before);
    });

    it('survives connections that are cut at any moment', {
      skip: kind.name === 'SQLite' && 'no connection to cut',
    }, async () => {
      // A name of its own, so that others who run these tests on the same server cut their own connections only.
      const name = `cut_${randomBytes(6).toString('hex')}`;
      const cut = await openDatabase({ url: `${test.url}&application_name=${name}`, dataDir: '', log: silentLog });
      const outcomes = { done: 0, codes: new Set<string>() };
      const ask = { sql: 'select $1 as a', params: ['x'] };
      const ways = [() => cut.query(ask.sql, ask.params), () => cut.batch([ask, ask]), () => cut.transaction(askTwice)];
      let isOver = false;
      const workers = Array.from({ length: 30 }, async (_, index) => {
        while (!isOver) {
          try {
            await ways[index % ways.length]?.();
            outcomes.done += 1;
          } catch (error) {
            outcomes.codes.add(toAppError(error).code);
          }
        }
      });
      for (let round = 0; round < 100; round += 1) {
        await db.query('select pg_terminate_backend(pid) from pg_stat_activity where application_name = $1', [name]);
      }
      isOver = true;
      await Promise.all(workers);
      // The last ones that were cut may not have been missed yet.
      while (!(await cut.query('select 1').catch(() => null)));
      await cut.close();
      assert.ok(outcomes.done > 0);
      assert.deepEqual([...outcomes.codes], ['database_unavailable']);
    });

    it('hears again after its connection was cut', {
      skip: kind.name === 'SQLite' && 'no connection to cut',
    }, async () => {
      let wakes = 0;
      const channel = `cut_${randomBytes(6).toString('hex')}`;
      const stop = await db.listen(channel, () => {
        wakes += 1;
      });
      const first = wakes;
      await db.query('select pg_terminate_backend(pid) from pg_stat_activity where query = $1', [`listen ${channel}`]);
      while (wakes === first) await new Promise((resolve) => setTimeout(resolve, 10));
      const second = wakes;
      await db.transaction((tx) => db.notify(tx, channel));
      while (wakes === second) await new Promise((resolve) => setTimeout(resolve, 1));
      await stop();
    });

    it('calls a cut transaction unavailable and keeps nothing of it', {
      skip: kind.name === 'SQLite' && 'no connection to cut',
    }, async () => {
      const cut = db.transaction(async (tx) => {
        await tx.query(lease, ['cut', 'h', 1]);
        await tx.query('select pg_terminate_backend(pg_backend_pid())');
      });
      await assert.rejects(cut, { code: 'database_unavailable' });
      assert.equal((await names()).includes('cut'), false);
    });

    it('migrates once, however often and from however many starters', async () => {
      const table = {
        version: 9_001,
        name: '9001-extra.sql',
        statements: ['create table extra (id text primary key)'],
      };
      const all = [...readMigrations(), table];
      const other = kind.name === 'PostgreSQL' ? await test.open() : db;
      await Promise.all([migrate(db, silentLog, all), migrate(other, silentLog, all), migrate(db, silentLog, all)]);
      assert.deepEqual(await db.query('select id from extra'), []);
    });

    it('leaves nothing of a migration that fails half-way', async () => {
      const broken = {
        version: 9_002,
        name: '9002-broken.sql',
        statements: ['create table half (id text)', 'no such words'],
      };
      await assert.rejects(migrate(db, silentLog, [...readMigrations(), broken]));
      await assert.rejects(db.query('select id from half'));
      assert.deepEqual(await db.query('select version from schema_version where version = 9002'), []);
    });

    it('refuses a database that a newer version made', async () => {
      await db.query("insert into schema_version (version, name) values (9999, 'future')");
      await assert.rejects(migrate(db, silentLog), { code: 'database_newer' });
    });
  });
}

describe('the files of the embedded database', () => {
  const dataDir = join(mkdtempSync(join(tmpdir(), 'sidecar-test-')), 'data');
  const open = () => openDatabase({ url: null, dataDir, log: silentLog });
  after(() => rmSync(dataDir, { recursive: true, force: true }));

  it('are for their owner alone', async () => {
    await (await open()).close();
    assert.equal(statSync(dataDir).mode & 0o777, 0o700);
    assert.equal(statSync(join(dataDir, 'sidecar.db')).mode & 0o777, 0o600);
  });

  it('refuse a second process with a clear sentence, and are free again after kill -9 with all that was acknowledged', async () => {
    const child = startHolder(dataDir);
    try {
      const acknowledged = await firstLine(child);
      await assert.rejects(open(), {
        code: 'database_locked',
        message: `Another sidecar is already running on the data in ${dataDir}.`,
      });
      child.kill('SIGKILL');
      await once(child, 'exit');
      const db = await open();
      const rows = await db.query<{ n: number }>('select count(*) as n from leases');
      assert.equal(rows[0]?.n, Number(acknowledged));
      await db.close();
    } finally {
      child.kill('SIGKILL');
    }
  });
});

function startHolder(dataDir: string): ChildProcess {
  const module = fileURLToPath(new URL('../../../../sidecar/src/store/database/database.ts', import.meta.url));
  const program = `
    import { openDatabase } from ${JSON.stringify(module)};
    const quiet = () => {};
    const db = await openDatabase({ url: null, dataDir: ${JSON.stringify(dataDir)}, log: { debug: quiet, info: quiet, warn: quiet, error: quiet } });
    await Promise.all(Array.from({ length: 100 }, (_, i) => db.query('insert into leases (name, holder, fence, expires_at) values ($1, $1, 1, 1)', ['n' + i])));
    console.log(100);
    setInterval(quiet, 1000);`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function firstLine(child: ChildProcess): Promise<string> {
  assert.ok(child.stdout);
  const [data] = await once(child.stdout, 'data');
  return String(data).trim();
}

async function askTwice(tx: Query): Promise<void> {
  await tx.query('select $1 as a', ['y']);
  await tx.query('select 2');
}
