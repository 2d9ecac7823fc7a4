import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createGraphClient } from '../../../../sidecar/src/graph/client/client.ts';
import { createFiles } from '../../../../sidecar/src/graph/resources/files.ts';
import { createPictures } from '../../../../sidecar/src/graph/resources/pictures.ts';
import { connection } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import type { Handler } from '../../../support/servers.ts';
import { startHttp, startHttps } from '../../../support/servers.ts';

const CHAT = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';
const MESSAGE = { chatId: CHAT, id: '1764000000105' };
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const ALICE = connection({ id: 'c1' });
const BOB = connection({ id: 'c2' });

async function setUp(handler: Handler) {
  const server = await startHttps(handler);
  const clock = createFakeClock();
  const client = createGraphClient({
    graphUrl: server.url,
    clock,
    metrics: createTestMetrics(),
    dispatcher: server.dispatcher,
    limiter: { acquire: async () => {}, pause: () => {}, adopt: () => {} },
  });
  return {
    server,
    clock,
    log: createTestLog(),
    client,
    tokenFor: async (id: string) => `token of ${id}`,
    graphUrl: server.url,
  };
}

function address(origin: string, chat = CHAT, id = MESSAGE.id): string {
  return `${origin}/v1.0/chats/${chat}/messages/${id}/hostedContents/aWQ9/$value`;
}

function lengthOf(bytes: Buffer): Record<string, string> {
  return { 'content-length': String(bytes.length) };
}

describe('one picture for several readers', () => {
  test('is fetched once for all who receive the message, also at the same time', async (t) => {
    const { server, ...all } = await setUp(() => ({ body: PNG }));
    t.after(server.close);
    const picture = createPictures(all);
    const request = { url: address(server.url), name: 'chart', message: MESSAGE };
    const pictures = await Promise.all([ALICE, BOB].map((reader) => picture(reader, request)));
    pictures.push(await picture(connection({ id: 'c3' }), request));
    assert.deepEqual(pictures, Array(3).fill({ bytes: PNG, contentType: 'image/png', name: 'chart.png' }));
    assert.equal(server.seen.length, 1);
  });

  test('of another message or tenant is fetched with the reader’s own token', async (t) => {
    const { server, ...all } = await setUp(({ headers }) =>
      headers.authorization === 'Bearer token of c1' ? { body: PNG } : { status: 403 },
    );
    t.after(server.close);
    const picture = createPictures(all);
    // A sender may write any address into a message: Alice may see that chat, Bob may not.
    for (const url of [address(server.url, '19:other@thread.v2'), address(server.url, CHAT, '1764000000999')]) {
      assert.ok('bytes' in (await picture(ALICE, { url, name: '', message: MESSAGE })));
      assert.deepEqual(await picture(BOB, { url, name: '', message: MESSAGE }), { failed: 'microsoft_refused' });
    }
    const request = { url: address(server.url), name: '', message: MESSAGE };
    assert.ok('bytes' in (await picture(ALICE, request)));
    const stranger = connection({ id: 'c9', tid: 'another-tenant' });
    assert.deepEqual(await picture(stranger, request), { failed: 'microsoft_refused' });
  });

  test('a failure is not shared: the next reader’s token is tried', async (t) => {
    const { server, ...all } = await setUp(({ headers }) =>
      headers.authorization === 'Bearer token of c1' ? { status: 403 } : { body: PNG },
    );
    t.after(server.close);
    const picture = createPictures(all);
    const request = { url: address(server.url), name: '', message: MESSAGE };
    const [first, second] = await Promise.all([picture(ALICE, request), picture(BOB, request)]);
    assert.deepEqual(first, { failed: 'microsoft_refused' });
    assert.ok(second && 'bytes' in second);
  });

  test('is kept no longer than minutes, and no more than fits', async (t) => {
    const { server, ...all } = await setUp(() => ({ body: PNG }));
    t.after(server.close);
    const picture = createPictures({ ...all, keptBytes: PNG.length });
    const ask = (id: string) =>
      picture(ALICE, { url: address(server.url, CHAT, id), name: '', message: { chatId: CHAT, id } });
    for (const id of ['1', '1', '2', '2', '1']) await ask(id);
    assert.deepEqual(
      server.seen.map(({ path }) => /messages\/(\d)/.exec(path)?.[1]),
      ['1', '2', '1'],
    );
    all.clock.advance(6 * 60_000);
    await ask('1');
    assert.equal(server.seen.length, 4);
  });
});

describe('shared files', () => {
  const url = 'https://contoso.sharepoint.com/Plan (1).pdf';

  test('are opened with the own token, and read without any', async (t) => {
    const bytes = Buffer.from('the plan');
    const { server, ...all } = await setUp(({ path }) =>
      path.startsWith('/v1.0/')
        ? { status: 302, headers: { location: `${all.graphUrl}/download/x` } }
        : { body: bytes, headers: lengthOf(bytes) },
    );
    t.after(server.close);
    const file = await createFiles({ ...all, maxBytes: 100 })(ALICE, { url, name: '../Plan:1.pdf' });
    assert.ok('body' in file);
    const read: Uint8Array[] = [];
    for await (const chunk of file.body) read.push(chunk);
    assert.equal(Buffer.concat(read).toString(), 'the plan');
    assert.equal(file.size, bytes.length);
    assert.equal(file.name, '.._Plan_1.pdf');
    assert.equal(server.seen[0]?.path, `/v1.0/shares/u!${Buffer.from(url).toString('base64url')}/driveItem/content`);
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer token of c1');
    assert.equal(server.seen[1]?.headers.authorization, undefined);
  });

  test('that are too large, gone, forbidden or sent somewhere odd say why', async (t) => {
    const plain = await startHttp(() => ({ body: PNG }));
    let location = '/download/x';
    let answer: ReturnType<Handler> = {};
    const { server, ...all } = await setUp(({ path }) =>
      path.startsWith('/v1.0/') && location !== '' ? { status: 302, headers: { location } } : answer,
    );
    t.after(async () => {
      await server.close();
      await plain.close();
    });
    const open = createFiles({ ...all, maxBytes: 10 });
    const cases = [
      [
        `${server.url}/download/x`,
        { body: Buffer.alloc(11), headers: lengthOf(Buffer.alloc(11)) },
        'payload_too_large',
      ],
      [`${server.url}/download/x`, { body: PNG }, 'microsoft_unavailable'],
      [`${server.url}/download/x`, { status: 404 }, 'microsoft_not_found'],
      [`${server.url}/download/x`, { status: 503 }, 'microsoft_unavailable'],
      [`${plain.url}/x`, {}, 'microsoft_refused'],
      ['', { status: 403 }, 'microsoft_refused'],
      ['', { status: 404 }, 'microsoft_not_found'],
    ] as const;
    for (const [where, given, failed] of cases) {
      location = where;
      answer = given;
      assert.deepEqual(await open(ALICE, { url, name: 'x' }), { failed }, `${where} ${failed}`);
    }
    assert.deepEqual(plain.seen, []);
  });
});
