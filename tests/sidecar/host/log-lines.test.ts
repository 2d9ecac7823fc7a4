import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readPluginLog } from '../../../playground/mattermost/plugins/process/log.ts';
import { fromPino, hostLogLine } from '../../../sidecar/src/host/log-lines.ts';
import { takeOutput } from '../../../sidecar/src/host/output.ts';
import { createLog } from '../../../sidecar/src/logger.ts';

const NOW = Date.UTC(2026, 10, 28, 12);

/** What Mattermost makes of a line; throws where Mattermost would end. */
function read(line: string) {
  assert.ok(line.endsWith('\n') && line.indexOf('\n') === line.length - 1, 'exactly one line');
  assert.ok(Buffer.byteLength(line) < 64 * 1024);
  assert.match(line, /"@timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z"/);
  return readPluginLog(line.trimEnd());
}

test('a line of pino keeps its level, its sentence and what matters of its fields', () => {
  const lines: string[] = [];
  createLog('info', { write: (line) => void lines.push(fromPino(line, NOW)) }).warn(
    { code: 'overloaded', count: 3 },
    'Refused.',
  );
  assert.deepEqual(read(lines[0] ?? ''), { level: 'warn', message: 'Refused. code=overloaded count=3' });
});

test('no object that is logged can end Mattermost', () => {
  const hostile = { '@level': 5, '@message': null, '@timestamp': {}, level: 'x', msg: 7, time: [] };
  const lines: string[] = [];
  const log = createLog('info', { write: (line) => void lines.push(fromPino(line, NOW)) });
  log.info(hostile, 'hostile');
  log.error(hostile, '');
  log.info({ nested: hostile, text: 'a\n{"@level":1}\n' }, 'a\n{"@level":1}');
  for (const line of lines) read(line);
  read(fromPino('{"@level":1}', NOW));
  read(fromPino('[1]', NOW));
  read(fromPino('panic: \n{"@level":1}', NOW));
});

test('any JSON value as a line of the log gives one line with three strings', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), fc.string()), (line) => {
      read(fromPino(line, NOW));
    }),
  );
});

test('any fields give one line: circles, bigints and getters that throw included', () => {
  const circle: Record<string, unknown> = { a: 1n };
  circle.self = circle;
  const trap = Object.defineProperty({}, 'x', {
    enumerable: true,
    get: () => {
      throw new Error('trap');
    },
  });
  assert.equal(read(hostLogLine('error', 'Odd.', { circle, trap, big: 5n, none: undefined }, NOW)).level, 'error');
  read(hostLogLine('info', 'x'.repeat(200_000), { y: 'é'.repeat(100_000) }, NOW));
});

test('whatever a library prints becomes a log line, on both streams', () => {
  const written: string[] = [];
  const stream = () => ({ write: (text: string) => written.push(text) > 0 }) as unknown as NodeJS.WriteStream;
  const output = { stdout: stream(), stderr: stream() };
  const write = takeOutput(output, () => NOW);
  output.stdout.write('{"@level":1}');
  output.stderr.write(Buffer.from('(node:1) Warning\n'));
  output.stderr.write('\n');
  write(hostLogLine('info', 'ours', {}, NOW));
  assert.deepEqual(
    written.map((line) => read(line).message),
    ['{"@level":1}', '(node:1) Warning', 'ours'],
  );
});
