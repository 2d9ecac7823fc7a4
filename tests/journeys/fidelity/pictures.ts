/**
 * Makes docs/fidelity.md: each `kind-…` case of the corpus is written in the playground's Teams, travels through the real sidecar, and is
 * photographed in the playground's Mattermost beside a drawing of what was written. By hand: `node tests/journeys/fidelity/pictures.ts`.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { type Environment, openEnvironment } from '../../../playground/environment.ts';
import { buildPage } from '../../../playground/mattermost/page/build.ts';
import { createMattermostUser, type MattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE, ANN, DEV } from '../../../playground/sample.ts';
import { settled } from '../../../playground/teams-user.ts';
import { readMessage } from '../../../sidecar/src/graph/wire/message.ts';
import { type Case, loadCorpus, READER } from '../../sidecar/notify/corpus.ts';
import { logIn, newBrowserContext, openBrowser } from '../../support/browser.ts';
import { bubbleHtml } from './teams-bubble.ts';

const DOCS = join(import.meta.dirname, '../../../docs');
const IMAGES = join(DOCS, 'images/fidelity');
/** Higher messages are shown by their end alone: there it is cut. */
const MAX_HEIGHT = 400;
const END_HEIGHT = 280;
/** What stands around a picture, in pixels. */
const MARGIN = 8;
const CODE = 'SELECT item, SUM(cost)\nFROM budget\nGROUP BY item;';

interface Kind {
  name: string;
  title: string;
  given: Case;
  chatId: string;
  messageId: string;
}

await buildPage();
const environment = await openEnvironment({ plugin: true });
const browser = await openBrowser();
try {
  await makePage(environment, browser);
} finally {
  await browser.close();
  await environment.close();
}

async function makePage(playground: Environment, chromium: Browser): Promise<void> {
  mkdirSync(IMAGES, { recursive: true });
  const sidecar = await playground.startSidecar();
  const alice = await createMattermostUser(playground, 'alice');
  await alice.connect();
  await alice.command('/msteams notifications on');
  await playground.microsoft.put(`/playground/people/${ALICE.oid}/presence`, {
    availability: 'Offline',
    activity: 'Offline',
  });
  const chart = await drawChart(chromium);
  const kinds: Kind[] = [];
  for (const [name, given] of loadCorpus().filter(([one]) => one.startsWith('kind-'))) {
    kinds.push(await write(playground, chart, { name, given }));
    await settled(playground, sidecar.url);
  }
  for (const kind of kinds) await change(playground, kind);
  await settled(playground, sidecar.url);
  const desk = await openDesk(chromium, playground.mattermostUrl);
  const drawing = await (await newBrowserContext(chromium, { width: 460, height: 700 })).newPage();
  for (const kind of kinds) {
    await photographPost(desk, alice, kind);
    await photographBubble(drawing, kind, chart);
    console.log(kind.title);
  }
  writeFileSync(join(DOCS, 'fidelity.md'), pageOf(kinds));
}

/** Writes the case in a chat of its own, so that no two messages share a post. */
async function write(
  playground: Environment,
  chart: string,
  { name, given }: { name: string; given: Case },
): Promise<Kind> {
  const members = [ALICE.oid, ANN.oid, DEV.oid];
  const { id: chatId } = await playground.microsoft.post<{ id: string }>('/playground/chats', {
    kind: 'group',
    topic: 'Budget 2027',
    members,
  });
  const id = String(Date.now());
  const hosted = Buffer.from(`id=x_${id}_0,type=1`).toString('base64url');
  const address = `${playground.microsoftUrl}/v1.0/chats/${chatId}/messages/${id}/hostedContents/${hosted}/$value`;
  const { body, mentions, attachments, importance, subject } = localised(given, address);
  const isSnippet = JSON.stringify(attachments).includes('codeSnippetUrl');
  const base64 = isSnippet ? Buffer.from(CODE).toString('base64') : chart;
  const content = body.content === '' ? '<p>This was a mistake.</p>' : body.content;
  const hostedContents = [{ contentType: isSnippet ? 'text/plain' : 'image/png', base64 }];
  await playground.microsoft.post('/playground/messages', {
    chatId,
    id,
    from: ANN.oid,
    mentions,
    attachments,
    importance,
    subject,
    hostedContents,
    body: { contentType: content.includes('<') ? 'html' : 'text', content },
  });
  return { name, title: given.shows, given, chatId, messageId: id };
}

interface Written {
  body: { content: string };
  mentions: unknown[];
  attachments: unknown[];
  importance: string;
  subject: string | null;
}

/** The case with the playground's people and addresses in place of the corpus's. */
function localised({ message }: Case, address: string): Written {
  const text = JSON.stringify(message)
    .replaceAll(READER.oid, ALICE.oid)
    .replaceAll('Ben', 'Alice')
    .replaceAll('Weber', 'Adams')
    .replace(/https:\/\/graph\.microsoft\.com\/v1\.0\/chats\/[^"\\]*?\$value/g, address);
  return JSON.parse(text);
}

/** What happened to the message later. */
async function change(playground: Environment, { given, chatId, messageId }: Kind): Promise<void> {
  const path = `/playground/chats/${encodeURIComponent(chatId)}/messages/${messageId}`;
  const { lastEditedDateTime, deletedDateTime } = given.message;
  if (deletedDateTime) await playground.microsoft.delete(path);
  else if (lastEditedDateTime) await playground.microsoft.patch(path, { body: given.message.body });
}

async function openDesk(chromium: Browser, url: string): Promise<Page> {
  const page = await (await newBrowserContext(chromium, { width: 860, height: 1400 })).newPage();
  await logIn(page, url, 'alice');
  await page.getByTestId('channel-Microsoft Teams').click();
  // The last post stands close above the box to write in.
  await page.addStyleTag({
    content: `.post { padding-bottom: ${2 * MARGIN}px } .post__content { scroll-margin: ${MARGIN}px }`,
  });
  return page;
}

async function photographPost(page: Page, alice: MattermostUser, { name, chatId }: Kind): Promise<void> {
  const post = (await alice.posts()).find(
    ({ props }) => (props.msteams as { chatId?: string } | undefined)?.chatId === chatId,
  );
  if (!post) throw new Error(`${name} did not arrive.`);
  const card = page.getByTestId(`post-${post.id}`).locator('.post__content');
  await card.scrollIntoViewIfNeeded();
  await page.waitForFunction(`[...document.images].every((image) => image.complete)`);
  await shoot(page, card, `${name}-mattermost`);
}

async function photographBubble(page: Page, { name, given }: Kind, chart: string): Promise<void> {
  const message = readMessage(given.message);
  const html = message.body.content.replace(/src="https:\/\/graph[^"]*"/, `src="data:image/png;base64,${chart}"`);
  const attachments = message.attachments.map((attachment) => ({
    ...attachment,
    content: attachment.content?.replace(/"codeSnippetUrl": ?"[^"]*"/, `"code": ${JSON.stringify(CODE)}`) ?? null,
  }));
  const { subject, importance, lastEditedAt, deletedAt } = message;
  const shown = { sender: 'Ann Lee', subject, importance, edited: lastEditedAt !== null, deleted: deletedAt !== null };
  await page.setContent(bubbleHtml({ ...shown, html: message.body.type === 'html' ? html : '', attachments }));
  await shoot(page, page.locator('#message'), `${name}-teams`);
}

async function shoot(page: Page, element: ReturnType<Page['locator']>, name: string): Promise<void> {
  const isLong = ((await element.boundingBox())?.height ?? 0) > MAX_HEIGHT;
  await element.evaluate(
    (shown: { scrollIntoView(how: object): void }, block) => shown.scrollIntoView({ block }),
    isLong ? 'end' : 'center',
  );
  const box = await element.boundingBox();
  if (!box) throw new Error(`${name} cannot be seen.`);
  const height = isLong ? END_HEIGHT : box.height;
  const clip = {
    x: Math.max(0, box.x - MARGIN),
    y: Math.max(0, box.y + box.height - height - (isLong ? 0 : MARGIN)),
    width: box.width + 2 * MARGIN,
    height: height + (isLong ? 1 : 2) * MARGIN,
  };
  await page.screenshot({ path: join(IMAGES, `${name}.png`), clip, animations: 'disabled' });
}

/** A small picture to paste. */
async function drawChart(chromium: Browser): Promise<string> {
  const page = await chromium.newPage({ viewport: { width: 300, height: 140 } });
  const bars = [40, 70, 55, 95, 80].map((height) => `<i style="height:${height}px"></i>`).join('');
  await page.setContent(`<style>body{margin:0;background:#eef;display:flex;gap:14px;align-items:end;height:140px;padding:0 20px}
    i{flex:1;background:#5b5fc7}</style>${bars}`);
  const bytes = await page.screenshot();
  await page.close();
  return bytes.toString('base64');
}

function pageOf(kinds: readonly Kind[]): string {
  const rows = kinds.map(
    ({ name, title }) =>
      `## ${title}\n\n| in Teams | in Mattermost |\n|---|---|\n| ![${title}, in Teams](images/fidelity/${name}-teams.png) | ![${title}, in Mattermost](images/fidelity/${name}-mattermost.png) |\n`,
  );
  return `# Teams beside Mattermost

How each kind of message arrives. Left, the message's own HTML in a bubble drawn after Teams (boxes for files, cards and quotes are simplified);
right, the same message in the playground's Mattermost, after its way through the real sidecar. Made by
\`node tests/journeys/fidelity/pictures.ts\` from the \`kind-…\` cases of \`tests/sidecar/notify/corpus\`.

That a person reads the same is held by \`tests/journeys/fidelity/fidelity.test.ts\` for every case of the corpus, with Mattermost's own parsers. Where a post is
meant to read otherwise, \`tests/journeys/fidelity/differences.ts\` names the case and the reason.

${rows.join('\n')}`;
}
