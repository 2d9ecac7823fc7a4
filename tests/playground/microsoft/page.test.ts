import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { ALICE, ANN, CHAT_ALICE_ANN, CHAT_BUDGET } from '../../../playground/sample.ts';
import { type MicrosoftEmulator, startMicrosoftEmulator, toAuthorizeUrl } from '../../support/microsoft-emulator.ts';

const PICTURE = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

interface Written {
  id: string;
  body: { contentType: string; content: string };
  mentions: { mentioned: { user: { id: string } } }[];
  attachments: { contentType: string; name: string }[];
  importance: string;
}

describe('the pages', () => {
  let emulator: MicrosoftEmulator;
  let browser: Browser;
  let page: Page;
  before(async () => {
    emulator = await startMicrosoftEmulator();
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    });
    page = await browser.newPage({ ignoreHTTPSErrors: true, viewport: { width: 400, height: 800 } });
  });
  after(async () => {
    await browser.close();
    await emulator.close();
  });

  const messages = async (chatId: string) =>
    (await emulator.control<{ value: Written[] }>('GET', `/chats/${encodeURIComponent(chatId)}/messages`)).value;

  async function lastMessage(chatId: string, count: number): Promise<Written> {
    const list = await messages(chatId);
    const last = list.at(-1);
    return list.length >= count && last ? last : lastMessage(chatId, count);
  }

  test('writing with formatting, mention, picture, file and importance', async () => {
    await page.goto(emulator.microsoft.url);
    await page.getByTestId('me').selectOption(ANN.oid);
    await page.getByTestId(`chat-${CHAT_BUDGET.id}`).click();
    await page.getByTestId('composer').click();
    await page.getByTestId('bold').click();
    await page.keyboard.type('Numbers');
    await page.getByTestId('mention').selectOption(ALICE.oid);
    await page.getByTestId('importance').selectOption('high');
    const buffer = Buffer.from(PICTURE, 'base64');
    await page.getByTestId('picture').setInputFiles({ name: 'p.png', mimeType: 'image/png', buffer });
    await page.getByTestId('file').setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer });
    await page.locator('#attached li').nth(1).waitFor();
    await page.getByTestId('send').click();
    const sent = await lastMessage(CHAT_BUDGET.id, 1);
    assert.match(sent.body.content, /<b>Numbers<\/b>|<strong>Numbers<\/strong>|font-weight/);
    assert.match(sent.body.content, /<at id="0">Alice Adams<\/at>/);
    assert.match(
      sent.body.content,
      /<img src="https:\/\/localhost:\d+\/v1\.0\/chats\/[^"]+\/hostedContents\/[\w-]+\/\$value"/,
    );
    assert.equal(sent.mentions[0]?.mentioned.user.id, ALICE.oid);
    assert.deepEqual([sent.attachments[0]?.contentType, sent.attachments[0]?.name], ['reference', 'a.pdf']);
    assert.equal(sent.importance, 'high');
    const shown = page.getByTestId(`message-${sent.id}`);
    await shown.locator('img').waitFor();
    assert.equal(await shown.locator('.at').textContent(), 'Alice Adams');
  });

  test('hostile markup is shown, never run', async () => {
    const content =
      '<p onclick="window.hit=1">calm</p><script>window.hit=1</script><img src="x" onerror="window.hit=1"><a href="javascript:window.hit=1">link</a><svg onload="window.hit=1"></svg>';
    const body = { contentType: 'html', content };
    const { id } = await emulator.control<Written>('POST', '/messages', {
      chatId: CHAT_ALICE_ANN.id,
      from: ANN.oid,
      body,
    });
    await page.goto(
      `${emulator.microsoft.url}/l/message/${encodeURIComponent(CHAT_ALICE_ANN.id)}/${id}?context=%7B%22contextType%22%3A%22chat%22%7D`,
    );
    const shown = page.locator(`[data-testid="message-${id}"].highlighted`);
    await shown.getByText('calm').click();
    await shown.getByText('link').click();
    assert.equal(await page.evaluate('window.hit'), undefined);
    assert.equal(await shown.locator('script, svg, [onclick], [onerror], [href]').count(), 0);
  });

  test('presence is set for anybody', async () => {
    await page.goto(emulator.microsoft.url);
    await page.getByTestId(`presence-${ALICE.oid}`).selectOption('Busy InAMeeting');
    await page.locator('.dot.busy').waitFor();
    const { people } = await emulator.control<{ people: { oid: string; presence: object }[] }>('GET', '/state');
    const alice = people.find(({ oid }) => oid === ALICE.oid);
    assert.deepEqual(alice?.presence, { availability: 'Busy', activity: 'InAMeeting', outOfOffice: false });
  });

  test('signing in and accepting by clicks leads back to the app', async () => {
    await page.route('https://localhost:9443/**', (route) => route.fulfill({ body: 'back' }));
    await page.goto(`${emulator.microsoft.url}${toAuthorizeUrl()}`);
    await page.getByTestId(`person-${ALICE.oid}`).click();
    await page.getByTestId('accept').click();
    await page.waitForURL('https://localhost:9443/**');
    const { searchParams } = new URL(page.url());
    assert.equal(searchParams.get('state'), 's');
    assert.ok(searchParams.get('code'));
  });
});
