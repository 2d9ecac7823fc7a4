import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Stage } from '../../playground/environment.ts';
import { openStage } from '../../playground/environment.ts';
import { buildPage } from '../../playground/mattermost/page/build.ts';
import type { PersonDriver } from '../../playground/mattermost-user.ts';
import { createPerson } from '../../playground/mattermost-user.ts';
import type { SamplePerson } from '../../playground/sample.ts';
import type { SidecarProcess } from '../../playground/sidecar-process.ts';
import { settled } from '../../playground/teams-user.ts';
import { complaints, logIn, newPerson, openBrowser, pluginLoaded } from './browser.ts';

/** How somebody has set up Mattermost, and with what screen they look at it. */
export interface Looks {
  username: string;
  theme?: 'Denim' | 'Onyx';
  locale?: 'en' | 'de';
  width?: number;
  height?: number;
  userAgent?: string;
  /** Connects with this Microsoft account first, and turns notifications on. */
  connectAs?: SamplePerson;
}

/** Somebody at a browser, logged in. */
export interface Visit {
  page: Page;
  person: BrowserContext;
  driver: PersonDriver;
  /** What the page complained about: must stay empty. */
  problems: string[];
}

/** The playground with a sidecar, the plugin and a browser. */
export interface Scene {
  stage: Stage;
  sidecar: SidecarProcess;
  visit(looks: Looks): Promise<Visit>;
  /** Waits until everything written in Teams has become a post or was decided against. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const THEMES = {
  Denim: {},
  Onyx: { type: 'Onyx' },
};

/** Opens everything; close it afterwards, also when a step fails. */
export async function openScene(): Promise<Scene> {
  await buildPage();
  const stage = await openStage({ plugin: true });
  let browser: Browser | null = null;
  try {
    const sidecar = await stage.startSidecar();
    browser = await openBrowser();
    const opened = browser;
    return {
      stage,
      sidecar,
      visit: (looks) => visit(stage, opened, looks),
      settled: () => settled(stage, sidecar.url),
      close: async () => {
        await opened.close();
        await stage.close();
      },
    };
  } catch (error) {
    await browser?.close();
    await stage.close();
    throw error;
  }
}

async function visit(stage: Stage, browser: Browser, looks: Looks): Promise<Visit> {
  const { username, theme = 'Denim', locale = 'en', width = 1280, height = 800, userAgent } = looks;
  const driver = await createPerson(stage, username);
  await stage.mattermost.put(`/api/v4/users/${driver.userId}/patch`, { locale });
  await stage.mattermost.put(`/api/v4/users/${driver.userId}/preferences`, [
    { user_id: driver.userId, category: 'theme', name: '', value: JSON.stringify(THEMES[theme]) },
  ]);
  if (looks.connectAs) {
    await driver.connect(looks.connectAs);
    await driver.command('/msteams notifications on');
  }
  const person = await newPerson(browser, {
    width,
    height,
    locale: locale === 'de' ? 'de-DE' : 'en-US',
    dark: theme === 'Onyx',
    ...(userAgent ? { userAgent } : {}),
  });
  person.setDefaultTimeout(30_000);
  const page = await person.newPage();
  await logIn(page, stage.mattermostUrl, username);
  await pluginLoaded(page);
  const problems = complaints(page);
  return { page, person, driver, problems };
}

/** Opens the bot's direct message, from the list of channels, which a narrow screen hides. */
export async function openBotChannel(page: Page): Promise<void> {
  const channel = page.getByTestId('channel-Microsoft Teams');
  const opener = page.getByTestId('open-sidebar');
  if (!(await channel.isVisible()) && (await opener.isVisible())) await opener.click();
  await channel.click();
  // What is typed before belongs to the channel that was open.
  await page.locator('[data-testid="composer"][placeholder*="Microsoft Teams"]').waitFor();
}

/** Opens the plugin's tab in the settings. */
export async function openPluginSettings(page: Page): Promise<void> {
  await page.getByTestId('settings-button').click();
  await page.getByRole('tab', { name: 'Microsoft Teams' }).click();
}
