import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createGobReader } from '../../../../sidecar/src/host/protocol/gob-reader.ts';
import {
  ANY_MAP,
  ANY_SLICE,
  EMPTY,
  type GobMap,
  type GobType,
  jsonInterface,
  jsonMap,
  STRING_SLICE,
  struct,
} from '../../../../sidecar/src/host/protocol/gob-types.ts';
import { createGobWriter } from '../../../../sidecar/src/host/protocol/gob-writer.ts';
import { ProtocolError } from '../../../../sidecar/src/host/protocol/protocol-error.ts';
import captured from './fixtures/captured.json' with { type: 'json' };

const REQUEST = struct('Request', { ServiceMethod: 'string', Seq: 'uint' });
const RESPONSE = struct('Response', { ServiceMethod: 'string', Seq: 'uint', Error: 'string' });
const HEADER: GobMap = { kind: 'map', name: 'Header', key: 'string', element: STRING_SLICE };

const bytesOf = (...hex: string[]) => Buffer.concat(hex.map((part) => Buffer.from(part, 'hex')));

/** All values of a stream that comes in these pieces. */
function readAll(...pieces: Buffer[]): unknown[] {
  const reader = createGobReader();
  const values: unknown[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let item = reader.next(); item !== undefined; item = reader.next()) values.push(item.value);
  }
  return values;
}

describe('the gob reader', () => {
  test('reads calls as Mattermost sends them', () => {
    assert.deepEqual(readAll(bytesOf(captured.requestType, captured.dispense)), [
      { ServiceMethod: 'Dispenser.Dispense' },
      'hooks',
    ]);
    assert.deepEqual(readAll(bytesOf(captured.requestType, captured.activate)), [
      { ServiceMethod: 'Plugin.OnActivate', Seq: 1 },
      { APIMuxId: 1, DriverMuxId: 2 },
    ]);
    const [, call] = readAll(bytesOf(captured.requestType, captured.serveHttp));
    assert.deepEqual(call, {
      ResponseWriterStream: 3,
      Request: {
        Method: 'POST',
        URL: Buffer.from('/echo?x=1'),
        Proto: 'HTTP/1.1',
        ProtoMajor: 1,
        ProtoMinor: 1,
        Header: new Map([
          ['Content-Type', ['text/plain']],
          ['User-Agent', ['t']],
          ['Content-Length', ['8']],
        ]),
        Host: '127.0.0.1:8165',
        RemoteAddr: '127.0.0.1:57696',
        RequestURI: '/plugins/nodeproto/echo?x=1',
      },
      Context: { RequestId: '4daj9qz3r3yeira6wscfizzdjw', IPAddress: '127.0.0.1', UserAgent: 't' },
      RequestBodyStream: 4,
    });
  });

  test('reads interface values whose types are first met inside them, as Go writes them', () => {
    const attachment = { Text: 't', Fields: [{ Title: 'f', Value: new Map([['v', ['end']]]), Short: true }] };
    const [first, second] = readAll(bytesOf(captured.goNested)) as Array<Record<string, unknown>>;
    assert.deepEqual(
      first?.Props,
      new Map([['deep', [new Map([['list', ['x', 1.5, true, 7, new Map([['in', [attachment]]])]]])]]]),
    );
    assert.equal(first?.CreateAt, 1795882817344);
    assert.deepEqual([first?.Score, first?.Neg, first?.Big, first?.Arr], [-2.25, -129, 2n ** 64n - 1n, [1, 2, 3]]);
    assert.deepEqual(first?.Link, Buffer.from('/echo?x=1'));
    assert.deepEqual(second?.Props, new Map([['at', { Text: 'second' }]]));
    const [{ A }] = readAll(bytesOf(captured.goInterfaces)) as [{ A: unknown }];
    assert.deepEqual(A, [new Map([['x', [{ Text: 'y' }]]]), { Text: 'z' }]);
  });

  for (const name of ['serveHttp', 'goNested', 'goInterfaces'] as const) {
    test(`reads the same wherever the stream is cut: ${name}`, () => {
      const bytes = bytesOf(name === 'serveHttp' ? captured.requestType : '', captured[name]);
      const whole = readAll(bytes);
      for (let at = 0; at <= bytes.length; at++) {
        assert.deepEqual(readAll(bytes.subarray(0, at), bytes.subarray(at)), whole, `cut at ${at}`);
      }
      assert.deepEqual(readAll(...Array.from(bytes, (byte) => Buffer.of(byte))), whole);
    });

    test(`a changed byte is refused or read otherwise, and never anything else: ${name}`, () => {
      const bytes = bytesOf(name === 'serveHttp' ? captured.requestType : '', captured[name]);
      fc.assert(
        fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
          const changed = Buffer.from(bytes);
          changed[at] = byte;
          try {
            readAll(changed);
          } catch (error) {
            assert.ok(error instanceof ProtocolError, String(error));
          }
        }),
        { numRuns: 2000 },
      );
    });
  }

  test('random bytes are refused or wait for more', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          readAll(Buffer.from(bytes));
        } catch (error) {
          assert.ok(error instanceof ProtocolError, String(error));
        }
      }),
      { numRuns: 5000 },
    );
  });

  test('a count beyond the message is refused before anything is made of it', () => {
    const sliceOfEmpty = bytesOf('0cff81020102ff8200010c0000', '08ff8200fc7fffffff');
    assert.throws(() => readAll(sliceOfEmpty), /more gob elements than bytes/);
  });

  test('values nested without end are refused', () => {
    const deep = Array.from({ length: 300 }).reduce<unknown>((inner) => [inner], 'x');
    const bytes = createGobWriter().encode(['interface', jsonInterface(deep)]);
    assert.throws(() => readAll(bytes), /nested too deeply/);
  });
});

describe('the gob writer', () => {
  test('writes the bytes that Mattermost took', () => {
    const writer = createGobWriter();
    const answer = writer.encode([RESPONSE, { ServiceMethod: 'Dispenser.Dispense' }], ['uint', 1]);
    assert.equal(answer.toString('hex'), captured.responseType + captured.dispensed);

    const call = createGobWriter().encode(
      [REQUEST, { ServiceMethod: 'Plugin.SyncHeader' }],
      [HEADER, new Map([['Content-Type', ['application/octet-stream']]])],
    );
    assert.equal(call.toString('hex'), captured.syncHeader);
    assert.equal(createGobWriter().encode([EMPTY, {}]).toString('hex'), captured.emptyAnswer);
  });

  test('writes a log call whose interface values are strings, as captured', () => {
    const log = struct('Args', { A: 'string', B: ANY_SLICE });
    const pairs = ['node', 'v24.21.0', 'pid', '24859'].map(jsonInterface);
    const bytes = createGobWriter().encode([log, { A: 'node plugin active', B: pairs }]);
    // The captured stream had defined other types before: only the numbers of the types differ, which stand before the last 80 bytes.
    assert.deepEqual(readAll(bytes), [{ A: 'node plugin active', B: ['node', 'v24.21.0', 'pid', '24859'] }]);
    assert.ok(captured.logInfo.endsWith(bytes.subarray(-80).toString('hex')));
  });

  test('any JSON object comes back as it was', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (generated) => {
        // JSON has no -0.
        const object = JSON.parse(JSON.stringify(generated)) as Record<string, unknown>;
        const [value] = readAll(createGobWriter().encode([ANY_MAP, jsonMap(object)]));
        assert.deepEqual(plain(value), object);
      }),
    );
  });

  test('integers and doubles of every size come back', () => {
    const both = struct('N', { I: 'int', U: 'uint', F: 'float' });
    const anyInteger = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
    fc.assert(
      fc.property(anyInteger, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.double({ noNaN: true }), (I, U, F) => {
        const [value] = readAll(createGobWriter().encode([both, { I, U, F }])) as [Record<string, number | bigint>];
        assert.equal(BigInt(value.I ?? 0), I);
        assert.equal(BigInt(value.U ?? 0), U);
        assert.equal(value.F ?? 0, Object.is(F, -0) ? (value.F ?? 0) : F);
      }),
    );
  });

  test('a value that does not fit its type is refused, and the stream stays usable', () => {
    const writer = createGobWriter();
    const wrong: Array<[GobType, unknown]> = [
      ['string', 5],
      ['uint', -1],
      ['int', 1.5],
      ['bytes', 'text'],
      [STRING_SLICE, ['a', 1]],
    ];
    for (const [type, value] of wrong) {
      assert.throws(() => writer.encode([REQUEST, { ServiceMethod: 'x' }], [type, value]), ProtocolError);
    }
    assert.deepEqual(readAll(writer.encode([REQUEST, { ServiceMethod: 'x' }], [STRING_SLICE, ['a']])), [
      { ServiceMethod: 'x' },
      ['a'],
    ]);
  });
});

/** Maps back to objects, for comparing with JSON. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
