import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SamplePerson } from '../../../playground/sample.ts';
import { ALICE, ANN, BOB, CAROL, CHAT_GROUP } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { assertAccessible } from '../../support/axe.ts';
import { say } from '../../support/browser.ts';
import type { BrowserEnvironment, Visit, VisitOptions } from '../../support/browser-environment.ts';
import { openBotChannel, openBrowserEnvironment, openPluginSettings } from '../../support/browser-environment.ts';

const LOOKS: Array<{ looks: VisitOptions; as: SamplePerson }> = [
  { looks: { username: 'alice' }, as: ALICE },
  { looks: { username: 'carol', theme: 'Onyx', width: 400 }, as: CAROL },
];

for (const { looks, as } of LOOKS) {
  describe(`axe finds nothing, ${looks.theme ?? 'Denim'}, ${looks.width ?? 1280} px wide`, () => {
    let environment: BrowserEnvironment;
    let visit: Visit;

    before(async () => {
      environment = await openBrowserEnvironment();
      visit = await environment.visit({ ...looks, connectAs: as });
    });
    after(() => environment?.close());

    test('on the answers to commands', async () => {
      const { page } = visit;
      const reply = page.getByTestId('msteams-reply');
      for (const [at, command] of ['help', 'status', 'notifications', 'connect', 'disconnect', 'nonsense'].entries()) {
        await say(page, `/msteams ${command}`);
        await reply.nth(at).waitFor();
      }
      await assertAccessible(page, '[data-testid="msteams-reply"]');
    });

    test('on the card with its menu, its reason and its mute', async () => {
      const { page } = visit;
      await openBotChannel(page);
      await createTeamsUser(environment, looks.username === 'alice' ? ANN : BOB).write(CHAT_GROUP, 'Lunch, anybody?', {
        importance: 'urgent',
      });
      await environment.settled();
      const card = page.getByTestId('msteams-card').filter({ hasText: 'Lunch, anybody?' });
      await card.getByRole('button', { name: 'Why did I get this?' }).click();
      await card.getByRole('button', { name: 'Mute' }).click();
      await page.getByRole('menuitem', { name: 'Until tomorrow' }).waitFor();
      await assertAccessible(page, '.msteams-card');
      await page.getByRole('menuitem', { name: 'Until tomorrow' }).click();
      await card.getByText(/This chat is muted until/).waitFor();
      await assertAccessible(page, '.msteams-card');
    });

    test('on the side panel, with something in every part', async () => {
      const { page } = visit;
      await page.getByTestId('app-bar-msteams_connect').click();
      const panel = page.getByTestId('msteams-sidebar');
      await panel.getByRole('button', { name: /^Unmute/ }).waitFor();
      await panel.getByRole('button', { name: 'Disconnect' }).click();
      await assertAccessible(page, '.msteams-sidebar');
      await panel.getByRole('button', { name: 'Keep the connection' }).click();
      await page.getByTestId('rhs-close').click();
    });

    test('on the settings, every row closed and open', async () => {
      const { page } = visit;
      await openPluginSettings(page);
      await page.getByRole('region', { name: 'Quiet hours' }).waitFor();
      await assertAccessible(page, '#settings-panel');
      for (const row of ['When Teams messages arrive', 'Which chats', 'Several messages in a row', 'Quiet hours'])
        await page.getByRole('region', { name: row }).getByRole('button', { name: 'Edit' }).click();
      await page.getByLabel('Keep quiet at certain hours').check();
      await assertAccessible(page, '#settings-panel');
      assert.deepEqual(visit.problems, []);
    });

    test('when the service does not answer', async () => {
      const { page } = visit;
      await environment.sidecar.stop();
      await page.evaluate("window.dispatchEvent(new Event('focus'))");
      await page.getByRole('alert').getByText('does not answer').waitFor();
      await assertAccessible(page, '#settings-panel');
    });
  });
}
