import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import { createClient } from '../../webapp/src/client.ts';
import type { HostStore } from '../../webapp/src/host.ts';
import { createSlashCommandHook } from '../../webapp/src/slash-command.ts';
import { openPage } from './dom.ts';
import type { Peer } from './sidecar-api.ts';
import { startPeer } from './sidecar-api.ts';

const ARGS = { channel_id: 'channel', team_id: 'team', root_id: '' };

let page: ReturnType<typeof openPage>;
let peer: Peer;
let dispatched: Array<Record<string, unknown>>;

describe('the slash command in the browser', () => {
  before(() => {
    page = openPage();
  });
  after(() => page.close());
  afterEach(() => peer.close());
  beforeEach(async () => {
    peer = await startPeer();
    Object.assign(page.window, { basename: peer.url });
    page.window.document.cookie = 'MMCSRF=token-of-the-page';
    dispatched = [];
  });

  function hook() {
    const store = { dispatch: (action: Record<string, unknown>) => dispatched.push(action) } as unknown as HostStore;
    return createSlashCommandHook({
      client: createClient(() => ({ teamId: 'team', channelId: 'channel' })),
      store,
      translate: (id) => id,
      changed: () => {},
    });
  }

  test('other commands pass untouched and cost nothing', async () => {
    assert.equal(await hook()('/away', ARGS), undefined);
    assert.equal(await hook()('/msteamsx connect', ARGS), undefined);
    assert.deepEqual(peer.seen, []);
  });

  test('the command is answered in the browser, as a message that only this user sees', async () => {
    peer.reply = { text: 'You are **not** connected.', buttons: [], openUrl: null };
    assert.deepEqual(await hook()('  /MSTeams Status ', ARGS), {});
    const sent = peer.seen.find((request) => request.path === '/api/v1/commands');
    assert.deepEqual(sent?.body, { command: '/MSTeams Status' });
    const [action] = dispatched;
    assert.equal(action?.type, 'RECEIVED_NEW_POST');
    const post = action?.data as {
      id: string;
      type: string;
      message: string;
      channel_id: string;
      props: { type: string };
    };
    assert.match(post.id, /^[a-z0-9]{26}$/);
    assert.equal(post.type, 'system_ephemeral');
    assert.equal(post.message, 'You are **not** connected.');
    assert.equal(post.channel_id, 'channel');
    assert.equal(post.props.type, 'custom_msteams_connect_reply');
  });

  test('Mattermost is asked with its CSRF token, the sidecar with the session and without cookies', async () => {
    await hook()('/msteams help', ARGS);
    const [execute, command] = peer.seen;
    assert.deepEqual(execute?.body, { command: '/msteams --session', team_id: 'team', channel_id: 'channel' });
    assert.equal(execute?.headers['x-csrf-token'], 'token-of-the-page');
    assert.equal(execute?.headers['x-requested-with'], 'XMLHttpRequest');
    assert.match(String(command?.headers.authorization), /^Bearer session-/);
    assert.equal(command?.headers.cookie, undefined);
  });

  test('an ended session is opened anew, once', async () => {
    peer.refusals = 1;
    assert.deepEqual(await hook()('/msteams status', ARGS), {});
    assert.equal(peer.seen.filter((request) => request.path === '/api/v4/commands/execute').length, 2);
    peer.refusals = 5;
    const refused = await hook()('/msteams status', ARGS);
    assert.deepEqual(refused, { error: { message: 'The session has ended.' } });
  });

  test('without the command in this team the text box says what to do', async () => {
    peer.command = 'missing';
    assert.deepEqual(await hook()('/msteams status', ARGS), {
      error: { message: 'msteams_connect.error.command_missing' },
    });
    peer.command = 'foreign';
    assert.deepEqual(await hook()('/msteams status', ARGS), {
      error: { message: 'msteams_connect.error.command_missing' },
    });
  });

  test('a sidecar that this browser cannot reach leaves the command to Mattermost', async () => {
    peer.sidecarUrl = 'http://127.0.0.1:9';
    assert.deepEqual(await hook()('/msteams status', ARGS), { message: '/msteams status', args: ARGS });
    assert.deepEqual(dispatched, []);
  });
});
