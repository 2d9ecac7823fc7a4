import assert from 'node:assert/strict';
import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright-core';

/** What Mattermost itself draws inside of ours: links of a message, and its own buttons in the colors of its themes. */
const HOST_PARTS = ['.msteams-card__body a', '.btn'];

/** Fails with what axe finds in the part of the page that `selector` names. */
export async function assertAccessible(page: Page, selector: string): Promise<void> {
  let axe = new AxeBuilder({ page }).include(selector);
  for (const part of HOST_PARTS) if ((await page.locator(part).count()) > 0) axe = axe.exclude(part);
  const { violations } = await axe.analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => [id, html, failureSummary]),
  );
  assert.deepEqual(found, []);
}
