import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { CAROL } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { freePort } from '../../../playground/sidecar-process.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment } from '../../support/browser-environment.ts';
import { openBrowserEnvironment } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';
import { until } from '../../support/until.ts';

const PRELOAD = fileURLToPath(new URL('../../../playground/fake-time.ts', import.meta.url));
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Noon of the coming Sunday in UTC. Monday has begun on Kiritimati by then, and nowhere near the other people. */
function sundayNoon(): number {
  const now = new Date();
  const days = 7 - now.getUTCDay();
  return Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 12);
}

describe('invitations', () => {
  let environment: BrowserEnvironment;
  let sidecar: SidecarProcess;
  let port: string;
  let people: Record<'alice' | 'bob' | 'carol', MattermostUser>;

  const invited = async ({ username }: { username: string }): Promise<number> => {
    const posts = await environment.mattermost.get<Array<{ message: string }>>(
      `/playground/posts?user=${username}&from=msteams`,
    );
    return posts.filter(({ message }) => /administrator invites you|Administration lädt Sie ein/.test(message)).length;
  };
  /** Rounds that are over: only then does the next one wait for its hour, and time may be moved. */
  const rounds = () => sidecar.output().split('People were invited to connect.').length - 1;
  const move = (ms: number) =>
    fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body: JSON.stringify({ ms }) }).then(({ ok }) =>
      assert.ok(ok),
    );

  before(async () => {
    environment = await openBrowserEnvironment();
    const [alice, bob, carol] = await Promise.all(
      ['alice', 'bob', 'carol'].map((username) => createMattermostUser(environment, username)),
    );
    assert.ok(alice && bob && carol);
    people = { alice, bob, carol };
    await carol.connect(CAROL);
    await environment.mattermost.patch('/playground/users/bob', {
      timezone: { useAutomaticTimezone: 'false', automaticTimezone: '', manualTimezone: 'Pacific/Kiritimati' },
    });
  });
  after(() => environment?.close());

  test('an administrator with a dark theme says how many, and axe finds nothing on the page', async () => {
    const { page, problems } = await environment.visit({ username: 'admin', theme: 'Onyx', height: 1100 });
    await page.goto(`${environment.mattermostUrl}/admin_console/plugins/plugin_msteams_connect`);
    const cap = page.getByTestId('msteams-invitation-cap');
    await cap.fill('20');
    const saving = page.waitForResponse((answer) => answer.url().endsWith('/api/v1/admin/invitations'));
    await page.getByRole('region', { name: 'Overview' }).getByRole('button', { name: 'Save' }).click();
    assert.ok((await saving).ok());
    await page.getByText('Invited and not yet connected: 0').waitFor();
    await page.getByTestId('msteams-check-clock').waitFor();
    await assertAccessible(page, '[data-testid="msteams-admin"]');
    await cap.scrollIntoViewIfNeeded();
    await screenshot(page, 'admin-dark');
    assert.deepEqual(problems, []);
  });

  test('at a weekend only users are invited in whose time zone Monday has begun', async () => {
    assert.equal(await environment.sidecar.stop(), 0);
    port = String(await freePort());
    sidecar = await environment.startSidecar({
      env: { FAKE_TIME_PORT: port, FAKE_TIME_OFFSET_MS: String(sundayNoon() - Date.now()) },
      nodeArguments: ['--import', PRELOAD],
    });
    await until(async () => rounds() === 1);
    assert.equal(await invited(people.bob), 1);
    assert.equal(await invited(people.alice), 0, 'it is Sunday where she is');
  });

  test('on Monday all other users are invited, except connected ones', async () => {
    await move(DAY);
    await until(async () => rounds() === 2);
    assert.equal(await invited(people.alice), 1);
  });

  test('no user is invited twice', async () => {
    await environment.mattermost.post('/playground/users', { username: 'zoe', locale: 'en' });
    await move(DAY);
    await until(async () => rounds() === 3);
    assert.equal(await invited({ username: 'zoe' }), 1);
    assert.deepEqual(await Promise.all(Object.values(people).map(invited)), [1, 1, 0]);
    const text = await (await fetch(`${sidecar.url}/readyz`)).text();
    assert.match(text, /"problems":\[\]/);
  });
});
