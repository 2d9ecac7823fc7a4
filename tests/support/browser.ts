import type { Browser, BrowserContext, Page } from 'playwright-core';
import { chromium } from 'playwright-core';

/**
 * Chromium without a screen. Certificates are not checked by this browser: the playground's authority lives for one run only, and what
 * trusts it is the sidecar and the emulators, not the person's machine.
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
  /** Whether the machine itself is set to dark colours. */
  dark?: boolean;
  /** Another program than this browser, such as Mattermost's desktop app. */
  userAgent?: string;
}

/** A fresh person at a fresh browser. */
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

/** Logs in to the small Mattermost and waits for the composer. */
export async function logIn(page: Page, mattermostUrl: string, username: string): Promise<void> {
  await page.goto(mattermostUrl);
  await page.getByTestId('login-username').fill(username);
  await page.getByTestId('login-password').fill('Password1!');
  await page.getByTestId('login-submit').click();
  await page.getByTestId('composer').waitFor();
}

/** Waits for the plugin, which Mattermost loads after it shows the page: before, its commands are the server's alone. */
export async function pluginLoaded(page: Page): Promise<void> {
  await page.getByTestId('app-bar-msteams_connect').waitFor();
}

/** Types into the composer and sends; the composer is empty afterwards. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByTestId('composer').fill(text);
  await page.getByTestId('send').click();
  await page.locator('[data-testid="composer"]:placeholder-shown').waitFor();
}

/** Collects what the page complains about: errors and policy violations must be none. */
export function complaints(page: Page): string[] {
  const found: string[] = [];
  page.on('pageerror', (error) => found.push(`error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || /Content Security Policy/i.test(message.text())) found.push(message.text());
  });
  return found;
}
