import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Environment } from '../../playground/environment.ts';
import { openEnvironment } from '../../playground/environment.ts';
import { buildPage } from '../../playground/mattermost/page/build.ts';
import type { MattermostUser } from '../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../playground/mattermost-user.ts';
import type { SamplePerson } from '../../playground/sample.ts';
import type { SidecarProcess } from '../../playground/sidecar-process.ts';
import { settled } from '../../playground/teams-user.ts';
import { complaints, logIn, newBrowserContext, openBrowser, pluginLoaded } from './browser.ts';

/** Who visits, with which Mattermost settings, on which screen. */
export interface VisitOptions {
  username: string;
  theme?: 'Denim' | 'Onyx';
  locale?: 'en' | 'de';
  width?: number;
  height?: number;
  userAgent?: string;
  /** Connects with this Microsoft account first, and turns notifications on. */
  connectAs?: SamplePerson;
}

/** A user logged in to Mattermost in a browser. */
export interface Visit {
  page: Page;
  context: BrowserContext;
  user: MattermostUser;
  /** What the page complained about: must stay empty. */
  problems: string[];
}

/** The playground with a sidecar, the plugin and a browser. */
export interface BrowserEnvironment extends Environment {
  sidecar: SidecarProcess;
  visit(options: VisitOptions): Promise<Visit>;
  /** Waits until everything written in Teams has become a post or was decided against. */
  settled(): Promise<void>;
  close(): Promise<void>;
}

const THEMES = {
  Denim: {},
  Onyx: { type: 'Onyx' },
};

/** Opens everything; close it afterwards, also when a step fails. */
export async function openBrowserEnvironment(): Promise<BrowserEnvironment> {
  await buildPage();
  const environment = await openEnvironment({ plugin: true });
  let browser: Browser | null = null;
  try {
    const sidecar = await environment.startSidecar();
    browser = await openBrowser();
    const opened = browser;
    return {
      ...environment,
      sidecar,
      visit: (options) => visit(environment, opened, options),
      settled: () => settled(environment, sidecar.url),
      close: async () => {
        await opened.close();
        await environment.close();
      },
    };
  } catch (error) {
    await browser?.close();
    await environment.close();
    throw error;
  }
}

async function visit(environment: Environment, browser: Browser, options: VisitOptions): Promise<Visit> {
  const { username, theme = 'Denim', locale = 'en', width = 1280, height = 800, userAgent } = options;
  const user = await createMattermostUser(environment, username);
  await environment.mattermost.put(`/api/v4/users/${user.userId}/patch`, { locale });
  await environment.mattermost.put(`/api/v4/users/${user.userId}/preferences`, [
    { user_id: user.userId, category: 'theme', name: '', value: JSON.stringify(THEMES[theme]) },
  ]);
  if (options.connectAs) {
    await user.connect(options.connectAs);
    await user.command('/msteams notifications on');
  }
  const context = await newBrowserContext(browser, {
    width,
    height,
    locale: locale === 'de' ? 'de-DE' : 'en-US',
    dark: theme === 'Onyx',
    ...(userAgent ? { userAgent } : {}),
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  await logIn(page, environment.mattermostUrl, username);
  await pluginLoaded(page);
  const problems = complaints(page);
  return { page, context, user, problems };
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
