import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLog } from '../../sidecar/src/logger.ts';

test('the log redacts secret fields down to the third level, and keeps the others', () => {
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(line) });
  log.info({ token: 's1', request: { authorization: 's2', path: '/a' }, a: { b: { password: 's3' } } }, 'Hello.');
  log.debug({}, 'Not at this level.');
  assert.equal(lines.length, 1);
  const { time: _, pid: __, hostname: ___, ...line } = JSON.parse(lines[0] ?? '');
  const redacted = '[redacted]';
  assert.deepEqual(line, {
    level: 30,
    token: redacted,
    request: { authorization: redacted, path: '/a' },
    a: { b: { password: redacted } },
    msg: 'Hello.',
  });
});
