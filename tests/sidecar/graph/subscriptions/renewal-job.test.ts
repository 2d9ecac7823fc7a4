import assert from 'node:assert/strict';
import test from 'node:test';
import { ownerKey } from '../../../../sidecar/src/core/owner.ts';
import { MINUTE } from '../../../../sidecar/src/core/time.ts';
import { until } from '../../../support/until.ts';
import { running, setUpManager } from './subscriptions-in-memory.ts';

test('the job creates what is missing, renews what is due, and skips ended sign-ins', async (t) => {
  const { manager, server, alice, rows, clock, log, connections, requests } = await setUpManager();
  connections.set('c2', { ...alice, id: 'c2', oid: 'o2', state: 'reconnect' });
  connections.set('c3', { ...alice, id: 'c3', oid: 'o3' });
  const end = running({ manager, clock, log });
  t.after(async () => {
    await end();
    await server.close();
  });
  await until(() => rows.size === 2 && clock.sleeping() > 0);
  assert.deepEqual([...rows.values()].map(({ owner }) => ownerKey(owner)).toSorted(), ['c1', 'c3']);
  clock.advance(29 * MINUTE);
  await until(() => clock.sleeping() > 0);
  assert.deepEqual(requests().toSorted(), ['GET', 'GET', 'POST', 'POST']);
  clock.advance(17 * MINUTE);
  await until(() => requests().filter((method) => method === 'PATCH').length === 2);
});

test('a failed renewal is tried again with pauses, and told', async (t) => {
  const failed: string[] = [];
  const { manager, graph, server, rows, clock, requests, log } = await setUpManager({
    recordError: (id, code) => void failed.push(`${id} ${code}`),
  });
  graph.state.fail = () => ({ status: 503, body: {} });
  const end = running({ manager, clock, log });
  t.after(async () => {
    await end();
    await server.close();
  });
  await until(() => failed.length === 1 && clock.sleeping() > 0);
  clock.advance(15_000);
  await until(() => failed.length === 2 && clock.sleeping() > 0);
  clock.advance(15_000);
  await until(() => clock.sleeping() > 0);
  assert.equal(requests().length, 2);
  assert.deepEqual(failed, ['c1 microsoft_unavailable', 'c1 microsoft_unavailable']);
  graph.state.fail = () => null;
  clock.advance(2 * MINUTE);
  await until(() => rows.size === 1);
  assert.ok(log.lines.some(({ fields }) => fields.attempts === 2));
});
