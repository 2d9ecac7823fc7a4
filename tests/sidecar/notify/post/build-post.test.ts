import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { Message } from '../../../../sidecar/src/core/types.ts';
import type { DraftRequest } from '../../../../sidecar/src/notify/pipeline/ports.ts';
import { createDraft, type DraftPorts } from '../../../../sidecar/src/notify/post/build-post.ts';
import { connection, inboxItem, message, START } from '../../../support/builders.ts';

const GRAPH = 'https://graph.example/v1.0/chats/c1/messages/1/hostedContents/a/$value';
const withPicture = message({ body: { type: 'html', content: `<p>look <img src="${GRAPH}" alt="chart"></p>` } });

function request(over: Partial<DraftRequest> = {}): DraftRequest {
  const user = { id: 'u1', username: 'ann', name: 'Ann', email: null, locale: 'en', isBot: false, deactivated: false };
  const queued = {
    ...inboxItem({ messageId: `${START}`, receivedAt: START }),
    id: 'i',
    attempts: 0,
    messageOrder: START,
  };
  return {
    action: 'deliver',
    connection: connection(),
    user,
    message: withPicture,
    item: queued,
    late: false,
    channelId: 'dm',
    ...over,
  };
}

function setUp(over: Partial<DraftPorts> = {}) {
  const uploads: string[] = [];
  const draft = createDraft({
    chat: async () => ({ id: 'c1', kind: 'group', topic: 'Budget', members: [] }),
    picture: async () => ({ bytes: new Uint8Array(1), contentType: 'image/png', name: 'chart.png' }),
    upload: async ({ channelId, name }) => {
      uploads.push(`${channelId} ${name}`);
      return 'file1';
    },
    openFile: null,
    uploadStream: async ({ name }) => name,
    teamsUrl: 'https://teams.example',
    ...over,
  });
  return { draft, uploads };
}

describe('writing a post', () => {
  it('attaches the pictures of the message', async () => {
    const { draft, uploads } = setUp();
    const post = await draft(request());
    assert.deepEqual([post.fileIds, uploads], [['file1'], ['dm chart.png']]);
  });

  it('fetches nothing for a message of words', async () => {
    const { draft, uploads } = setUp();
    const post = await draft(request({ message: message() }));
    assert.deepEqual([post.fileIds, uploads], [undefined, []]);
    assert.match(post.message, /hello/);
  });

  it('says in its place what could not be had, and writes the rest', async () => {
    const without = (await setUp().draft(request())).message;
    for (const failing of [
      setUp({ picture: async () => ({ failed: 'microsoft_not_found' }) }),
      setUp({ upload: () => Promise.reject(new AppError('mattermost_refused', 'too large')) }),
    ]) {
      const post = await failing.draft(request());
      assert.equal(post.fileIds, undefined);
      assert.match(post.message, /look/);
      assert.notEqual(post.message, without);
    }
  });

  it('is tried again as a whole when Mattermost is away', async () => {
    const { draft } = setUp({ upload: () => Promise.reject(new AppError('mattermost_unavailable', 'down')) });
    await assert.rejects(draft(request()), { code: 'mattermost_unavailable' });
  });

  it('does not attach again what an edited post has already', async () => {
    const { draft, uploads } = setUp();
    const post = await draft(request({ action: 'update' }));
    assert.deepEqual([post.fileIds, uploads], [undefined, []]);
  });

  it('attaches shared files only when it is given them, ten with the pictures, and says what became of each', async () => {
    const names = Array.from({ length: 11 }, (_, number) => `f${number}.pdf`);
    const attachments = names.map((name) => ({
      id: name,
      contentType: 'reference',
      contentUrl: `https://contoso.sharepoint.com/${name}`,
      name,
      content: null,
      thumbnailUrl: null,
      teamsAppId: null,
    }));
    const shared = { ...withPicture, attachments };
    const linked = await setUp().draft(request({ message: shared }));
    assert.equal(linked.fileIds?.length, 1);
    const openFile: DraftPorts['openFile'] = async (_, { name }) =>
      name === 'f1.pdf' ? { failed: 'payload_too_large' } : { name, size: 1, body: (async function* () {})() };
    const post = await setUp({ openFile }).draft(request({ message: shared }));
    assert.deepEqual(post.fileIds, ['file1', ...names.slice(0, 9).filter((name) => name !== 'f1.pdf')]);
    assert.match(post.message, /f0\.pdf \(attached\)/);
    assert.match(post.message, /\[f1\.pdf\]\(https:[^)]+\) \(too large to attach\)/);
    assert.match(post.message, /\[f9\.pdf\]\(https:[^)]+\) \(not attached, a post holds 10 files\)/);
  });

  it('says that a message was deleted, with or without the message, and keeps none of its text', async () => {
    const gone: Message = message({ body: { type: 'text', content: 'secret' } });
    for (const one of [gone, null]) {
      const post = await setUp().draft(request({ action: 'remove', message: one }));
      assert.match(post.message, /deleted/);
      assert.equal(JSON.stringify(post).includes('secret'), false);
    }
  });
});
