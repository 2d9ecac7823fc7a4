import type { Page } from 'playwright-core';
import { ALICE } from '../../playground/sample.ts';
import { openBrowserEnvironment } from '../support/browser-environment.ts';

/** Milliseconds from a click to what it opens, the first time in a fresh page. */
export interface Interaction {
  /** The icon of the app bar until the side panel says who is connected, the requests for it included. */
  panelMs: number;
  /** A request to Mattermost; the panel needs at least two, one of them on to the sidecar. */
  requestMs: number;
}

/** In Chromium, in the playground's Mattermost, over the real sidecar. */
export async function firstInteractions(turns: number): Promise<Interaction[]> {
  const environment = await openBrowserEnvironment();
  try {
    const found: Interaction[] = [];
    for (let turn = 0; turn < turns; turn += 1) {
      const looks = { username: 'alice', ...(turn === 0 ? { connectAs: ALICE } : {}) };
      const { page, context } = await environment.visit(looks);
      const requestMs = await untilAnswered(page);
      const panelMs = await untilShown(page, '[data-testid="app-bar-msteams_connect"]', ALICE.mail);
      found.push({ panelMs, requestMs });
      await context.close();
    }
    return found;
  } finally {
    await environment.close();
  }
}

/** Measured within the page, frame by frame: the way to the browser and back does not count. */
function untilShown(page: Page, button: string, text: string): Promise<number> {
  return page.evaluate<number>(`new Promise((resolve) => {
    const started = performance.now();
    const look = () => {
      if (document.body.innerText.includes(${JSON.stringify(text)})) resolve(performance.now() - started);
      else requestAnimationFrame(look);
    };
    document.querySelector(${JSON.stringify(button)}).click();
    look();
  })`);
}

/** One request of the page to Mattermost. */
function untilAnswered(page: Page): Promise<number> {
  return page.evaluate<number>(`(async () => {
    const started = performance.now();
    await (await fetch('/api/v4/users/me')).json();
    return performance.now() - started;
  })()`);
}
