import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { SamplePerson } from '../../../playground/sample.ts';
import { ALICE, CAROL, DEV } from '../../../playground/sample.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment, Visit, VisitOptions } from '../../support/browser-environment.ts';
import { openBrowserEnvironment, openPluginSettings } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';

/** What the journey reads on its way, in one language. */
interface Words {
  notConnected: string;
  connect: string;
  between: string;
  start: string;
  mismatch: string;
  retry: string;
  done: string;
  connected: string;
  expired: string;
  consent: string;
}

const ENGLISH: Words = {
  notConnected: 'Your account is not connected',
  connect: 'Connect account',
  between: 'Connect Microsoft Teams',
  start: 'Connect Microsoft Teams',
  mismatch: 'The two accounts do not match',
  retry: 'Try again',
  done: 'You are connected',
  connected: 'Connected as',
  expired: 'This link is no longer valid',
  consent: 'Approve for your organization',
};
const GERMAN: Words = {
  notConnected: 'Ihr Konto ist nicht',
  connect: 'Konto verbinden',
  between: 'Microsoft Teams verbinden',
  start: 'Microsoft Teams verbinden',
  mismatch: 'Die beiden Konten passen nicht zusammen',
  retry: 'Erneut versuchen',
  done: 'Sie sind verbunden',
  connected: 'Verbunden als',
  expired: 'Dieser Link gilt nicht mehr',
  consent: 'Für Ihre Organisation zustimmen',
};
interface Journey {
  name: string;
  looks: VisitOptions;
  as: SamplePerson;
  words: Words;
  pictures: Partial<Record<keyof Words, string>>;
}

const JOURNEYS: Journey[] = [
  {
    name: 'light',
    looks: { username: 'alice' },
    as: ALICE,
    words: ENGLISH,
    pictures: { consent: 'admin-consent', mismatch: 'connect-refused' },
  },
  {
    name: 'dark',
    looks: { username: 'carol', theme: 'Onyx', locale: 'de', width: 400 },
    as: CAROL,
    words: GERMAN,
    pictures: { between: 'connect-page-narrow' },
  },
];

for (const { name, looks, as, words, pictures } of JOURNEYS) {
  describe(`the pages of the sign-in, ${name}, ${looks.locale ?? 'en'}, ${looks.width ?? 1280} px wide`, () => {
    let environment: BrowserEnvironment;
    let visit: Visit;
    let small: Page;
    let link: string;

    before(async () => {
      environment = await openBrowserEnvironment();
      visit = await environment.visit(looks);
    });
    after(() => environment?.close());

    /** The page says this, everything fits into its width, and axe finds nothing. */
    async function assertFine(page: Page, which: keyof Words) {
      const title = words[which];
      await page.getByRole('heading', { name: title }).waitFor();
      const wider = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      assert.equal(wider, false, `${title} is cut off`);
      await assertAccessible(page, 'body');
      const shot = pictures[which];
      if (shot) await screenshot(page, shot);
    }
    async function signInAs({ oid }: SamplePerson) {
      await small.getByRole('button').click();
      await small.getByTestId(`person-${oid}`).click();
      await small.getByTestId('accept').click();
    }

    test('the settings ask to connect, and open the page in between', async () => {
      await openPluginSettings(visit.page);
      await visit.page.getByText(words.notConnected).waitFor();
      await assertAccessible(visit.page, '#settings-panel');
      const opening = visit.context.waitForEvent('page');
      await visit.page.getByRole('button', { name: words.connect }).click();
      small = await opening;
      if (looks.width) await small.setViewportSize({ width: looks.width, height: 800 });
      await assertFine(small, 'between');
      await assertAccessible(visit.page, '#settings-panel');
      link = small.url();
    });

    test('a Microsoft account with another address is refused, with a way on', async () => {
      await signInAs(DEV);
      await assertFine(small, 'mismatch');
      assert.match((await small.textContent('main')) ?? '', /dev\.patel@example\.com/);
      await small.getByRole('link', { name: words.retry }).click();
      await small.getByRole('heading', { name: words.between }).waitFor();
    });

    test('with the right account it is done, and the settings follow by themselves', async () => {
      await signInAs(as);
      await assertFine(small, 'done');
      await visit.page.getByText(words.connected).waitFor();
      await assertAccessible(visit.page, '#settings-panel');
    });

    test('a used link, the start at Microsoft and the page for administrators', async () => {
      const page = await visit.context.newPage();
      await page.goto(link);
      await assertFine(page, 'expired');
      await page.goto(`${environment.publicUrl}/connect`);
      await assertFine(page, 'start');
      await page.goto(`${environment.publicUrl}/admin/consent`);
      await assertFine(page, 'consent');
      assert.deepEqual(visit.problems, []);
    });
  });
}
