import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runCommandHooks } from '../../../playground/mattermost/page/compose/hooks.ts';
import { reArg } from '../../../playground/mattermost/page/plugins/re-arg.ts';
import { extractUserSettings, settingsCategory } from '../../../playground/mattermost/page/plugins/user-settings.ts';
import { pluginsReducer } from '../../../playground/mattermost/page/store/plugins-reducer.ts';
import type { PluginComponent } from '../../../playground/mattermost/page/types.ts';

const ARGS = { channel_id: 'c', team_id: 't', root_id: '' };

function hook(run: (message: string, args: typeof ARGS) => unknown): PluginComponent {
  return { id: 'h', pluginId: 'p', hook: run };
}

describe('the calling convention of the registry', () => {
  const method = reArg(['text', 'action'], (named) => named);

  it('takes positions', () => {
    assert.deepEqual(method('a', 'b'), { text: 'a', action: 'b' });
  });

  it('takes one object whose keys are all known', () => {
    assert.deepEqual(method({ text: 'a' }), { text: 'a' });
  });

  it('takes an object with a foreign key as the first position', () => {
    assert.deepEqual(method({ text: 'a', other: 1 }), { text: { text: 'a', other: 1 }, action: undefined });
  });
});

describe('hooks of slash commands', () => {
  it('hands the result of one to the next and passes nothing through unchanged', async () => {
    const seen: string[] = [];
    const hooks = [
      hook((message) => void seen.push(message)),
      hook(async (message, args) => ({ message: `${message}!`, args: { ...args, root_id: 'r' } })),
      hook((message) => void seen.push(message)),
    ];
    const result = await runCommandHooks(hooks, { message: '/X y ', args: ARGS });
    assert.deepEqual(result, { kind: 'run', message: '/X y !', args: { ...ARGS, root_id: 'r' } });
    assert.deepEqual(seen, ['/X y ', '/X y !']);
  });

  it('stops at an empty object and at an error', async () => {
    let reached = false;
    const later = hook(() => {
      reached = true;
    });
    const given = { message: '/x', args: ARGS };
    assert.deepEqual(await runCommandHooks([hook(() => ({})), later], given), { kind: 'consumed' });
    const refusal = hook(() => ({ error: { message: 'no' } }));
    assert.deepEqual(await runCommandHooks([refusal, later], given), { kind: 'error', message: 'no' });
    assert.equal(reached, false);
  });
});

describe('user settings', () => {
  const radio = { type: 'radio', name: 'when', default: 'a', options: [{ value: 'a', text: 'A' }] };
  const schema = { uiName: 'Name', sections: [{ title: 'One', settings: [radio] }] };

  it('keeps a valid schema and names it after the plugin', () => {
    const valid = extractUserSettings({ ...schema, id: 'other' }, 'plug');
    assert.equal(valid?.id, 'plug');
    assert.deepEqual(valid?.sections, schema.sections);
  });

  it('drops invalid settings, sections and actions one by one', (test) => {
    const warn = test.mock.method(console, 'warn', () => undefined);
    const memo = { $$typeof: Symbol.for('react.memo') };
    const sections = [
      {
        title: 'One',
        settings: [radio, { ...radio, default: undefined }, { type: 'custom', name: 'c', component: memo }],
      },
      { title: 'One', settings: [radio] },
      { title: 'Memo', component: memo },
    ];
    const valid = extractUserSettings({ ...schema, sections, action: { title: 'x' } }, 'plug');
    assert.deepEqual(valid?.sections, [{ title: 'One', settings: [radio] }]);
    assert.equal(valid?.action, undefined);
    assert.equal(warn.mock.callCount(), 5);
  });

  it('ignores a schema without name or valid section', (test) => {
    test.mock.method(console, 'warn', () => undefined);
    assert.equal(extractUserSettings({ ...schema, uiName: '' }, 'plug'), null);
    assert.equal(extractUserSettings({ uiName: 'x', sections: [] }, 'plug'), null);
  });

  it('cuts the category at 32 characters', () => {
    assert.equal(settingsCategory('msteams_bridge'), 'pp_msteams_bridge');
    assert.equal(settingsCategory('x'.repeat(60)).length, 32);
  });
});

describe('the plugin slices', () => {
  function received(pluginId: string, id: string) {
    return { type: 'RECEIVED_PLUGIN_COMPONENT', name: 'Root', data: { id, pluginId } };
  }

  it('sorts components by plugin id and forgets those of a removed plugin', () => {
    const filled = [received('b', '1'), received('a', '2')].reduce(pluginsReducer, undefined);
    assert.deepEqual(
      filled?.components.Root?.map((entry) => entry.pluginId),
      ['a', 'b'],
    );
    const emptied = pluginsReducer(filled, { type: 'REMOVED_WEBAPP_PLUGIN', data: { id: 'a' } } as never);
    assert.deepEqual(
      emptied.components.Root?.map((entry) => entry.pluginId),
      ['b'],
    );
  });

  it('gives a post type to the smaller plugin id, whichever came first', () => {
    const claim = (pluginId: string) => ({
      type: 'RECEIVED_PLUGIN_POST_COMPONENT',
      data: { id: pluginId, pluginId, type: 'custom_x' },
    });
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const state = order.map(claim).reduce(pluginsReducer, undefined);
      assert.equal(state?.postTypes.custom_x?.pluginId, 'a');
    }
  });
});
