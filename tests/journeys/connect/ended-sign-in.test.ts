import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SamplePerson } from '../../../playground/sample.ts';
import { ALICE, ANN, CAROL, CHAT_GROUP } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment, Visit, VisitOptions } from '../../support/browser-environment.ts';
import { openBrowserEnvironment, openPluginSettings } from '../../support/browser-environment.ts';
import { until } from '../../support/until.ts';

interface Story {
  looks: VisitOptions;
  as: SamplePerson;
  /** What the person reads. */
  words: { told: RegExp; ended: RegExp; again: string; connected: RegExp };
}

const STORIES: Story[] = [
  {
    looks: { username: 'alice' },
    as: ALICE,
    words: {
      told: /Your Microsoft sign-in has ended/,
      ended: /The sign-in of Alice Adams .* has ended/,
      again: 'Sign in again',
      connected: /Connected as Alice Adams/,
    },
  },
  {
    looks: { username: 'carol', theme: 'Onyx', locale: 'de', width: 400 },
    as: CAROL,
    words: {
      told: /Ihre Microsoft-Anmeldung ist beendet/,
      ended: /Die Anmeldung von Carol/,
      again: 'Erneut anmelden',
      connected: /Verbunden als Carol/,
    },
  },
];

for (const { looks, as, words } of STORIES) {
  describe(`a sign-in that Microsoft ended, ${looks.locale ?? 'en'}, ${looks.width ?? 1280} px wide`, () => {
    let environment: BrowserEnvironment;
    let visit: Visit;
    const told = async () => (await visit.user.posts()).filter(({ message }) => words.told.test(message)).length;

    before(async () => {
      environment = await openBrowserEnvironment();
      visit = await environment.visit({ ...looks, connectAs: as });
      await createTeamsUser(environment, as).appear('Offline');
    });
    after(() => environment?.close());

    test('is told once by the bot', async () => {
      await environment.microsoft.post('/playground/faults', { kind: 'revoke', oid: as.oid });
      await environment.microsoft.post('/playground/faults', { kind: 'expire_access_tokens' });
      await until(async () => (await told()) > 0, 'the bot tells it');
      await createTeamsUser(environment, ANN).write(CHAT_GROUP, 'Written while signed out');
      assert.equal(await told(), 1);
    });

    test('is shown in panel and settings, with what to do', async () => {
      const { page } = visit;
      await page.getByTestId('app-bar-msteams_connect').click();
      const panel = page.getByTestId('msteams-sidebar');
      await panel.getByText(words.ended).waitFor();
      await assertAccessible(page, '.msteams-sidebar');
      await page.getByTestId('rhs-close').click();
      await openPluginSettings(page);
      await page.locator('#settings-panel').getByText(words.ended).waitFor();
      await assertAccessible(page, '#settings-panel');
    });

    test('is mended by signing in again, and what was written meanwhile arrives', async () => {
      const { page, context } = visit;
      const opening = context.waitForEvent('page');
      await page.locator('#settings-panel').getByRole('button', { name: words.again }).click();
      const window = await opening;
      await window.getByRole('button').click();
      await window.getByTestId(`person-${as.oid}`).click();
      await window.getByTestId('accept').click();
      await page.locator('#settings-panel').getByText(words.connected).waitFor();
      const arrived = async () =>
        (await visit.user.posts()).filter(({ message }) => message.includes('Written while signed out')).length;
      await until(async () => (await arrived()) > 0, 'it arrives');
      await environment.settled();
      assert.equal(await arrived(), 1);
      assert.equal(await told(), 1);
      assert.deepEqual(visit.problems, []);
    });
  });
}
