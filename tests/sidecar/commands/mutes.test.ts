import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { DAY, HOUR } from '../../../sidecar/src/core/time.ts';
import { NOW } from '../../support/clock.ts';
import { arrivedFrom, connectionOf, createTestCommands, ENGLISH, GERMAN } from './commands-in-memory.ts';

const BERLIN = { ...ENGLISH, timeZone: 'Europe/Berlin' };

function setUp() {
  const made = createTestCommands(connectionOf());
  made.memory.arrived = [arrivedFrom('c1', 'Budget 2027'), arrivedFrom('c2', 'Weekly *sync*')];
  return made;
}

describe('muted chats', () => {
  test('mute offers the chats that wrote last, each for three spans', async () => {
    const { commands } = setUp();
    const { buttons = [] } = await commands.run(ENGLISH, 'mute');
    assert.deepEqual(
      buttons.map(({ label, action, options = [] }) => [label, action, options.map(({ value }) => value)]),
      [
        ['Budget 2027', 'mute c1', ['hour', 'tomorrow', 'good']],
        ['Weekly *sync*', 'mute c2', ['hour', 'tomorrow', 'good']],
      ],
    );
    assert.match(
      (await createTestCommands(connectionOf()).commands.run(GERMAN, 'mute')).text,
      /noch keine Chatnachricht/,
    );
  });

  test('a muted chat ends by itself, and until tomorrow means nine in the morning of the user', async () => {
    const { commands, memory, clock } = setUp();
    // Noon in UTC is 13:00 in Berlin.
    assert.match((await commands.act(BERLIN, 'mute c1 hour')).text, /\*\*Budget 2027\*\* is muted until 14:00/);
    assert.equal(memory.connection?.preferences.muted[0]?.until, NOW + HOUR);
    await commands.act(BERLIN, 'mute c1 tomorrow');
    assert.deepEqual(
      memory.connection?.preferences.muted.map(({ chatId, until }) => [chatId, until]),
      [['c1', Date.UTC(2026, 10, 21, 8)]],
    );
    clock.advance(DAY);
    assert.match((await commands.run(ENGLISH, 'unmute')).text, /No chat is muted/);
    assert.match((await commands.run(ENGLISH, 'notifications')).text, /Muted chats: none/);
  });

  test('for good lasts until it is undone, and the list shows both', async () => {
    const { commands, memory, clock } = setUp();
    await commands.act(ENGLISH, 'mute c2 good');
    clock.advance(365 * DAY);
    const shown = await commands.run(ENGLISH, 'unmute');
    assert.match(shown.text, /\*\*Weekly \\\*sync\\\*\*\* for good/);
    assert.deepEqual(
      shown.buttons?.map(({ label, action }) => [label, action]),
      [['Unmute Weekly *sync*', 'unmute c2']],
    );
    assert.match((await commands.act(ENGLISH, 'unmute c2')).text, /no longer muted/);
    assert.deepEqual(memory.connection?.preferences, { ...DEFAULT_PREFERENCES, enabled: true });
    assert.match((await commands.act(ENGLISH, 'unmute c2')).text, /no longer muted/);
  });

  test('titles are sealed at rest, and a title that no key opens locks nobody out', async () => {
    const { commands, memory } = setUp();
    await commands.act(ENGLISH, 'mute c1 good');
    assert.doesNotMatch(JSON.stringify(memory.connection), /Budget/);
    const [muted] = memory.connection?.preferences.muted ?? [];
    assert.ok(memory.connection && muted);
    memory.connection.preferences = {
      ...memory.connection.preferences,
      muted: [{ ...muted, sealedTitle: 'v1.z.AAAA' }],
    };
    assert.match((await commands.run(ENGLISH, 'unmute')).text, /a Teams chat/);
  });

  test('a chat of which nothing is known any more can be muted all the same', async () => {
    const { commands } = setUp();
    assert.match((await commands.act(GERMAN, 'mute unknown good')).text, /ein Chat in Teams/);
  });

  test('without a connection everything leads to connect', async () => {
    const { commands } = createTestCommands();
    for (const word of ['mute', 'unmute']) assert.match((await commands.run(ENGLISH, word)).text, /msteams connect/);
    for (const action of ['mute c1 hour', 'unmute c1']) {
      assert.match((await commands.act(ENGLISH, action)).text, /msteams connect/);
    }
  });

  test('why names the choice that let the message through', async () => {
    const { commands } = setUp();
    assert.match((await commands.act(ENGLISH, 'why away')).text, /you were not active in Teams/);
    assert.match(
      (await commands.act(ENGLISH, 'why always mentioned')).text,
      /always get Teams messages here\. It also mentions you/,
    );
    assert.match((await commands.act(GERMAN, 'why away')).text, /nicht aktiv waren/);
  });

  test('menus change kinds of chat, bursts and quiet hours', async () => {
    const { commands, memory } = setUp();
    for (const action of ['chats group mentions', 'chats oneOnOne none', 'fold_off', 'quiet 20:00-07:00']) {
      await commands.act(BERLIN, action);
    }
    assert.deepEqual(memory.connection?.preferences, {
      ...DEFAULT_PREFERENCES,
      enabled: true,
      chats: { oneOnOne: 'none', group: 'mentions', meeting: 'all' },
      fold: false,
      quietHours: { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin', digestAt: '07:00' },
    });
    const { text } = await commands.run(GERMAN, 'notifications');
    assert.match(text, /Ruhezeit: 20:00 bis 07:00 Uhr \(Europe\/Berlin\), Zusammenfassung um 07:00 Uhr/);
    await commands.act(BERLIN, 'quiet off');
    assert.equal(memory.connection?.preferences.quietHours, null);
  });
});
