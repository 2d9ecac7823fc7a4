import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { GlobalState } from '@mattermost/types/store';
import React from 'react';
import { act } from 'react-dom/test-utils';
import { IntlProvider } from 'react-intl';
import { Provider } from 'react-redux';
import { combineReducers, createStore } from 'redux';
import { createActions } from '../../webapp/src/actions.ts';
import { createClient } from '../../webapp/src/client.ts';
import { createSettings } from '../../webapp/src/components/settings/settings.tsx';
import type { HostStore } from '../../webapp/src/host.ts';
import { reducer } from '../../webapp/src/reducer.ts';
import { selectState } from '../../webapp/src/selectors.ts';
import { translationsFor } from '../../webapp/src/translations.ts';
import { openPage } from './dom.ts';
import type { Peer } from './sidecar-api.ts';
import { startPeer } from './sidecar-api.ts';

const ID = 'msteams_connect';
const CONNECTION = {
  state: 'connected' as const,
  accountName: 'Alice Adams',
  accountAddress: 'alice@example.com',
  connectedAt: Date.UTC(2026, 10, 1),
  lastDeliveryAt: null,
  problem: null,
};

let page: ReturnType<typeof openPage>;
let peer: Peer;
let root: { render(node: React.ReactNode): void; unmount(): void };
let container: HTMLElement;

describe('the settings', () => {
  before(() => {
    page = openPage();
  });
  after(() => page.close());
  beforeEach(async () => {
    peer = await startPeer();
    Object.assign(page.window, { basename: peer.url, open: () => null });
    container = page.window.document.createElement('div') as unknown as HTMLElement;
    page.window.document.body.appendChild(container as never);
    const { createRoot } = await import('react-dom/client');
    root = createRoot(container);
  });
  afterEach(async () => {
    await act(async () => root.unmount());
    await peer.close();
  });

  async function show(locale = 'en'): Promise<void> {
    const store = createStore(combineReducers({ [`plugins-${ID}`]: reducer })) as unknown as HostStore;
    const actions = createActions(
      createClient(() => ({ teamId: 't', channelId: 'c' })),
      store,
    );
    const select = selectState(ID) as (state: GlobalState) => ReturnType<ReturnType<typeof selectState>>;
    const settings = createSettings({ id: ID, actions, select, translate: (id) => translationsFor(locale)[id] ?? id });
    await act(async () =>
      root.render(
        <Provider store={store}>
          <IntlProvider locale={locale} messages={translationsFor(locale)}>
            {settings.sections.map(({ title, component: Component }) => (
              <Component key={title} />
            ))}
          </IntlProvider>
        </Provider>,
      ),
    );
  }

  /** Waits until the page says `text`; fails with what it says instead. */
  async function says(text: RegExp): Promise<void> {
    for (let attempt = 0; attempt < 500; attempt += 1) {
      if (text.test(container.textContent ?? '')) return;
      await act(async () => sleep(10));
    }
    assert.match(container.textContent ?? '', text);
  }

  /** Opens the row with this title. */
  async function edit(title: string): Promise<void> {
    const row = [...container.querySelectorAll('section')].find(
      (one) => one.querySelector('h3')?.textContent === title,
    );
    const button = row?.querySelector('button');
    assert.ok(button, `there is no row "${title}"`);
    await act(async () => button.click());
  }

  async function press(label: string): Promise<void> {
    const button = [...container.querySelectorAll('button')].find((element) => element.textContent === label);
    assert.ok(button, `there is no button "${label}"`);
    await act(async () => button.click());
  }

  test('a user without a connection is told why to connect and finds the button', async () => {
    await show();
    await says(/not connected to Microsoft Teams/);
    await says(/Connect your account first/);
  });

  test('a blocked window becomes a link, and the view follows the connection by itself', async () => {
    await show();
    await says(/not connected/);
    await press('Connect account');
    await says(/blocked the sign-in window/);
    assert.equal(container.querySelector('a')?.getAttribute('href'), 'https://sidecar.example/connect?link=abc');
    peer.me = { ...peer.me, connection: CONNECTION };
    await says(/Connected as Alice Adams \(alice@example.com\) since November 1, 2026/);
  });

  test('disconnecting asks first, then shows the new state', async () => {
    peer.me = { ...peer.me, connection: CONNECTION };
    await show();
    await says(/Connected as Alice Adams/);
    await press('Disconnect');
    await says(/the stored sign-in is deleted/);
    assert.ok(!peer.seen.some((request) => request.path === '/api/v1/disconnect'));
    await press('Yes, disconnect');
    await says(/not connected to Microsoft Teams/);
  });

  test('a row shows what is chosen, is opened, changed and saved, and shows the new choice', async () => {
    peer.me = { ...peer.me, connection: CONNECTION };
    await show();
    await says(/When Teams messages arrive.*Never/);
    await edit('When Teams messages arrive');
    const never = container.querySelector<HTMLInputElement>('input[value=never]');
    const always = container.querySelector<HTMLInputElement>('input[value=always]');
    assert.ok(never?.checked && always);
    // Not `assert.equal`: a difference of two DOM nodes takes all the memory to print.
    assert.ok((page.window.document.activeElement as unknown) === never);
    await act(async () => always.click());
    assert.equal(peer.me.preferences.enabled, false);
    await press('Save');
    await says(/When Teams messages arriveEditAlwaysSaved\./);
    assert.deepEqual([peer.me.preferences.enabled, peer.me.preferences.when], [true, 'always']);
    assert.match(page.window.document.activeElement?.textContent ?? '', /Edit/);
  });

  test('cancel changes nothing, and a row opened again starts from what is saved', async () => {
    peer.me = { ...peer.me, connection: CONNECTION };
    await show();
    await says(/Several messages in a row/);
    for (const expected of [true, true]) {
      await edit('Several messages in a row');
      assert.equal(container.querySelector<HTMLInputElement>('input[value=on]')?.checked, expected);
      await act(async () => container.querySelector<HTMLInputElement>('input[value=off]')?.click());
      await press('Cancel');
    }
    assert.ok(!peer.seen.some((request) => request.path === '/api/v1/preferences'));
  });

  test('quiet hours start from the time zone of the machine', async () => {
    peer.me = { ...peer.me, connection: CONNECTION };
    await show();
    await says(/No quiet hours/);
    await edit('Quiet hours');
    await act(async () => container.querySelector<HTMLInputElement>('input[type=checkbox]')?.click());
    await press('Save');
    await says(/20:00 to 07:00, summary at 07:00/);
    const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    assert.deepEqual(peer.me.preferences.quietHours, { from: '20:00', to: '07:00', timeZone, digestAt: '07:00' });
  });

  test('muted chats are listed with a way back', async () => {
    peer.me = { ...peer.me, connection: CONNECTION, mutes: [{ chatId: 'a:b@c', title: 'Budget 2027', until: null }] };
    await show();
    await says(/Budget 2027 for good/);
    await press('Unmute');
    await says(/No chat is muted/);
    assert.ok(peer.seen.some((request) => request.path === '/api/v1/mutes/a%3Ab%40c'));
  });

  test('a failure is said where it happens, in the language of the user', async () => {
    peer.command = 'missing';
    await show('de');
    await says(/Der Befehl \/msteams ist in diesem Team nicht eingerichtet/);
    assert.ok(container.querySelector('[role=alert]'));
  });
});
