import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/**
 * Headless Chromium. It does not check certificates: the playground's authority exists for one run only, and the sidecar and the
 * emulators trust it, not the machine.
 */
export async function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

export interface ContextOptions {
  width?: number;
  height?: number;
  locale?: string;
  /** Whether the operating system prefers dark colors. */
  dark?: boolean;
  /** Another program than this browser, such as Mattermost's desktop app. */
  userAgent?: string;
}

/** A browser context without cookies. */
export function newBrowserContext(
  browser: Browser,
  { width = 1280, height = 800, locale = 'en-US', dark = false, userAgent }: ContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width, height },
    locale,
    reducedMotion: 'reduce',
    colorScheme: dark ? 'dark' : 'light',
    ...(userAgent ? { userAgent } : {}),
  });
}

/** Logs in to Mattermost and waits for the composer. */
export async function logIn(page: Page, mattermostUrl: string, username: string): Promise<void> {
  await page.goto(mattermostUrl);
  await page.getByTestId('login-username').fill(username);
  await page.getByTestId('login-password').fill('Password1!');
  await page.getByTestId('login-submit').click();
  await page.getByTestId('composer').waitFor();
}

/** Waits for the plugin, which Mattermost loads after the page; until then the server alone handles commands. */
export async function pluginLoaded(page: Page): Promise<void> {
  await page.getByTestId('app-bar-msteams_connect').waitFor();
}

/** Types into the composer and sends; the composer is empty afterwards. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer').fill(text);
  await page.getByTestId('send').click();
  await page.locator('[data-testid="composer"]:placeholder-shown').waitFor();
}

/** Collects errors and policy violations of the page; a test asserts that there are none. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) found.push(message.text());
  });
  return found;
}
