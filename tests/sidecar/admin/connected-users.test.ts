import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createConnectedUsers } from '../../../sidecar/src/admin/connected-users.ts';

test('the report is CSV with quoted cells and escaped formulas', async () => {
  const row = {
    id: 'c1',
    userId: 'u1',
    accountName: 'Ann "the" Lee',
    accountAddress: '=HYPERLINK("x")',
    state: 'connected' as const,
    connectedAt: Date.UTC(2026, 0, 2),
    lastDeliveryAt: null,
    lastErrorAt: null,
    lastErrorCode: null,
  };
  const users = createConnectedUsers({
    reports: { connections: async () => ({ total: 1, rows: [row] }) },
    connections: { find: async () => null },
    disconnect: async () => false,
    searchUsers: async () => [],
    usersByIds: async () => [{ id: 'u1', username: '-ann' }],
    explain: () => '',
  });
  let report = '';
  for await (const part of users.report()) report += part;
  assert.deepEqual(report.split('\r\n'), [
    'mattermost_username,account_name,account,state,connected_at,last_delivery_at,last_error_at,last_error',
    `"'-ann","Ann ""the"" Lee","'=HYPERLINK(""x"")","connected","2026-01-02T00:00:00.000Z","","",""`,
    '',
  ]);
});
