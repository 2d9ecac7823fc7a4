import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PHRASES } from '../../../sidecar/src/commands/table.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { DAY, HOUR, MINUTE } from '../../../sidecar/src/core/time.ts';
import { BOB } from '../../support/builders.ts';
import { NOW } from '../../support/clock.ts';
import { ACCOUNT_URL, connectionOf, createTestCommands, ENGLISH, GERMAN } from './commands-in-memory.ts';

const FEED = { expiresAt: NOW + DAY, renewedAt: NOW - 12 * MINUTE };

test('connect gives a fresh one-time link each time, as text and as a page to open', async () => {
  const { commands } = createTestCommands();
  const first = await commands.run(ENGLISH, 'connect');
  assert.equal(first.openUrl, 'https://sidecar.example/connect?link=alice7777777777777777777aa-1');
  assert.equal(
    first.text,
    `**[Connect your Microsoft account](${first.openUrl})** to receive Teams chat messages here. The link is for you only, works once and expires in 10 minutes.`,
  );
  assert.notEqual((await commands.run(ENGLISH, 'connect')).openUrl, first.openUrl);
});

test('connect when connected names the account and how to switch, and makes no link', async () => {
  const { commands, memory } = createTestCommands(connectionOf());
  assert.deepEqual(await commands.run(ENGLISH, 'connect'), {
    text: 'You are connected to Microsoft Teams as **Alice Adams** (alice@example.com). To use another Microsoft account, run `/msteams disconnect` and then `/msteams connect`.',
  });
  assert.equal(memory.links, 0);
});

test('connect after a dead sign-in starts again', async () => {
  const { commands } = createTestCommands(connectionOf({ state: 'reconnect' }));
  const reply = await commands.run(ENGLISH, 'connect');
  assert.match(reply.text, /^Your sign-in as \*\*Alice Adams\*\* \(alice@example\.com\) no longer works\./);
  assert.ok(reply.openUrl);
});

test('connect passes on why there is no link', async () => {
  const { commands, memory } = createTestCommands();
  memory.full = true;
  await assert.rejects(commands.run(ENGLISH, 'connect'), { code: 'limit_reached' });
});

test('names from Microsoft cannot format, link or mention', async () => {
  const { commands } = createTestCommands(
    connectionOf({ accountName: '**@all** [x](https://evil.example) ~town #tag `c`\n> q' }),
  );
  const { text } = await commands.run(ENGLISH, 'connect');
  assert.ok(
    text.includes('\\*\\*@\u2060all\\*\\* \\[x\\](https:\u2060//evil.example) ~\u2060town #\u2060tag \\`c\\` > q'),
  );
});

test('disconnect asks first, and only the confirmed one disconnects', async () => {
  const { commands, memory } = createTestCommands(connectionOf());
  const question = await commands.run(ENGLISH, 'disconnect');
  assert.match(
    question.text,
    /^Disconnect \*\*Alice Adams\*\* \(alice@example\.com\)\? .* dropped, and your Microsoft sign-in is deleted/,
  );
  assert.deepEqual(
    question.buttons?.map(({ style, action }) => [style, action]),
    [
      ['danger', 'disconnect_confirm'],
      ['default', 'disconnect_cancel'],
    ],
  );
  assert.match((await commands.act(ENGLISH, 'disconnect_cancel')).text, /still connected/);
  assert.ok(memory.connection);
  assert.ok((await commands.act(ENGLISH, 'disconnect_confirm')).text.includes(`(${ACCOUNT_URL})`));
  assert.equal(memory.connection, null);
  assert.match((await commands.act(ENGLISH, 'disconnect_confirm')).text, /nothing to disconnect/);
  assert.match((await commands.act(ENGLISH, 'disconnect_cancel')).text, /nothing to disconnect/);
  assert.deepEqual((await commands.run(ENGLISH, 'disconnect')).buttons, undefined);
});

test('status tells everything at a glance', async () => {
  const { commands } = createTestCommands(connectionOf({ lastDeliveryAt: NOW - 5 * MINUTE }), FEED);
  assert.equal(
    (await commands.run(ENGLISH, 'status')).text,
    [
      '**Microsoft Teams**',
      '- Connection: connected 3 days ago',
      '- Microsoft account: **Alice Adams** (alice@example.com)',
      '- Notifications: on, while you are not active in Teams',
      '- Subscription: active',
      '- Next renewal: in 33 minutes',
      '- Last notification: 5 minutes ago',
      '- Last error: none',
    ].join('\n'),
  );
});

test('status tells what is wrong and what to do', async () => {
  const broken = connectionOf({
    lastErrorCode: 'microsoft_unavailable',
    lastErrorAt: NOW - 2 * HOUR,
    preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' },
  });
  const missing = (await createTestCommands(broken).commands.run(GERMAN, 'status')).text;
  assert.match(missing, /Abonnement: noch nicht eingerichtet/);
  assert.match(missing, /Benachrichtigungen: aus/);
  assert.match(missing, /Letzte Benachrichtigung: noch keine/);
  assert.match(missing, /Letzter Fehler, vor 2 Stunden: Microsoft Teams antwortet gerade nicht\./);
  const expired = createTestCommands(broken, { expiresAt: NOW, renewedAt: NOW - DAY });
  assert.match((await expired.commands.run(ENGLISH, 'status')).text, /Subscription: interrupted/);
  const dead = createTestCommands(connectionOf({ state: 'reconnect' }), FEED);
  const text = (await dead.commands.run(ENGLISH, 'status')).text;
  assert.match(text, /Connection: sign-in needed, run `\/msteams connect`/);
  assert.match(text, /Subscription: stopped until you sign in again/);
  assert.doesNotMatch(text, /Next renewal/);
});

test('notifications shows the settings with buttons to change them', async () => {
  const { commands } = createTestCommands(connectionOf());
  const shown = await commands.run(ENGLISH, 'notifications');
  assert.match(shown.text, /\*\*on\*\*: .*\*\*while you are not active in Teams\*\*/);
  assert.deepEqual(
    shown.buttons?.map(({ action }) => action),
    ['when_always', 'notifications_off', 'chats oneOnOne', 'chats group', 'chats meeting', 'fold_off', 'quiet'],
  );
  assert.deepEqual(await commands.run(ENGLISH, 'notifications status'), shown);
});

test('notifications on, off and toggle change the setting and nothing else', async () => {
  const { commands, memory } = createTestCommands(
    connectionOf({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'always' } }),
  );
  const steps: Array<[string, boolean]> = [
    ['notifications on', true],
    ['notifications on', true],
    ['notifications toggle', false],
    ['notifications toggle', true],
    ['notifications off', false],
  ];
  for (const [command, enabled] of steps) {
    const reply = await commands.run(ENGLISH, command);
    assert.deepEqual(memory.connection?.preferences, { ...DEFAULT_PREFERENCES, enabled, when: 'always' }, command);
    assert.match(reply.text, enabled ? /\*\*on\*\*/ : /\*\*off\*\*/);
  }
});

test('the buttons of the settings do what they say', async () => {
  const { commands, memory } = createTestCommands(
    connectionOf({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' } }),
  );
  const steps: Array<[string, object]> = [
    ['notifications_on', { enabled: true, when: 'away' }],
    ['when_always', { enabled: true, when: 'always' }],
    ['when_away', { enabled: true, when: 'away' }],
    ['notifications_off', { enabled: false, when: 'away' }],
    ['not_now', { enabled: false, when: 'away' }],
  ];
  for (const [action, preferences] of steps) {
    await commands.act(ENGLISH, action);
    assert.deepEqual(memory.connection?.preferences, { ...DEFAULT_PREFERENCES, ...preferences }, action);
  }
});

test('a setting is saved while the sign-in is dead, with a word about it', async () => {
  const { commands } = createTestCommands(connectionOf({ state: 'reconnect' }));
  assert.match((await commands.run(ENGLISH, 'notifications on')).text, /Your Microsoft sign-in no longer works/);
});

test('without a connection every feature leads to connect', async () => {
  const { commands, memory } = createTestCommands(connectionOf({ userId: BOB }));
  for (const command of ['status', 'notifications', 'notifications on', 'notifications toggle']) {
    const reply = await commands.run(ENGLISH, command);
    assert.match(reply.text, /Run `\/msteams connect`/, command);
    assert.deepEqual(
      reply.buttons?.map(({ action }) => action),
      ['connect'],
    );
  }
  assert.ok((await commands.act(ENGLISH, 'connect')).openUrl);
  assert.deepEqual(memory.connection?.preferences, { ...DEFAULT_PREFERENCES, enabled: true });
});

test('every button that is ever shown does something', async () => {
  const connections = [
    null,
    connectionOf(),
    connectionOf({ state: 'reconnect', preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' } }),
    connectionOf({ preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' } }),
  ];
  const actions = new Set<string>();
  for (const connection of connections) {
    for (const phrase of PHRASES) {
      const { buttons = [] } = await createTestCommands(connection).commands.run(ENGLISH, phrase);
      for (const { action, options = [{ value: '' }] } of buttons) {
        for (const { value } of options) actions.add(`${action} ${value}`.trim());
      }
    }
  }
  assert.equal(actions.size, 20);
  for (const action of actions) {
    for (const connection of connections)
      assert.ok((await createTestCommands(connection).commands.act(ENGLISH, action)).text);
  }
});

test('an action that this version does not know is as good as expired', async () => {
  const { commands } = createTestCommands(connectionOf());
  for (const action of [
    'mute_chat',
    'constructor',
    '__proto__',
    'mute c1 forever',
    'chats oneOnOne mentions',
    'quiet 1-2',
  ]) {
    await assert.rejects(commands.act(ENGLISH, action), { code: 'link_expired' });
  }
});

test('help lists every command', async () => {
  const { text } = await createTestCommands().commands.run(ENGLISH, 'help');
  for (const usage of [
    'connect',
    'disconnect',
    'status',
    'notifications',
    'notifications on|off|toggle|status',
    'help',
  ]) {
    assert.ok(text.includes(`\`/msteams ${usage}\``), usage);
  }
  assert.deepEqual(await createTestCommands().commands.run(ENGLISH, ''), { text });
});

test('unknown words get the nearest command and the list', async () => {
  const { commands } = createTestCommands();
  const near = (await commands.run(ENGLISH, 'Conect')).text;
  assert.match(
    near,
    /^There is no command `\/msteams conect`\. Did you mean `\/msteams connect`\?\n\n- `\/msteams connect`/,
  );
  const far = (await commands.run(GERMAN, '`@all` xyz')).text;
  assert.match(far, /^Den Befehl `\/msteams @all xyz` gibt es nicht\.\n\n- `\/msteams connect`/);
});

test('every reply differs by language and is complete', async () => {
  for (const connection of [null, connectionOf(), connectionOf({ state: 'reconnect' })]) {
    for (const phrase of PHRASES) {
      const english = await createTestCommands(connection, FEED).commands.run(ENGLISH, phrase);
      const german = await createTestCommands(connection, FEED).commands.run(GERMAN, phrase);
      assert.notEqual(english.text, german.text, phrase);
      for (const { text } of [english, german]) assert.doesNotMatch(text, /\{\w+\}/, phrase);
    }
  }
});
