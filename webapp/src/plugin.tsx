import { createActions } from './actions.ts';
import { createAdminClient } from './admin-client.ts';
import { createClient } from './client.ts';
import { createAdminConsole } from './components/admin/console.tsx';
import { CARD_POST_TYPE, createCard } from './components/card/card.tsx';
import { MARK_URL } from './components/controls/icons.tsx';
import { createReply } from './components/reply.tsx';
import { createSettings } from './components/settings/settings.tsx';
import { createSidebar } from './components/sidebar/sidebar.tsx';
import type { HostStore, PluginInstance, Registry } from './host.ts';
import { addStyles } from './host.ts';
import { reducer } from './reducer.ts';
import { REPLY_POST_TYPE } from './reply-post.ts';
import { selectLocale, selectPlace, selectState } from './selectors.ts';
import { listenToServerEvents } from './server-events.ts';
import { createSlashCommandHook } from './slash-command.ts';
import { STYLES } from './styles.ts';
import { createTranslate, translationsFor } from './translations.ts';

/** All registrations of the plugin. */
export function createPlugin(id: string): PluginInstance {
  let removeStyles = () => {};
  return {
    initialize(registry: Registry, store: HostStore) {
      removeStyles = addStyles(`${id}-styles`, STYLES);
      const client = createClient(() => selectPlace(store.getState()));
      const actions = createActions(client, store);
      const select = selectState(id);
      const translate = createTranslate(() => selectLocale(store.getState()));
      registry.registerTranslations((locale) => translationsFor(locale));
      registry.registerReducer(reducer);
      registry.registerSlashCommandWillBePostedHook(
        createSlashCommandHook({ client, store, translate, changed: actions.markStale }),
      );
      registry.registerPostTypeComponent(REPLY_POST_TYPE, createReply({ client, store, actions }));
      registry.registerPostTypeComponent(CARD_POST_TYPE, createCard({ id, store, actions, select }));
      registry.registerAppBarComponent({
        iconUrl: MARK_URL,
        tooltipText: translate('msteams_connect.panel.tooltip'),
        supportedProductIds: null,
        rhsComponent: createSidebar({ id, store, actions, select }),
        rhsTitle: 'Microsoft Teams',
      });
      registry.registerUserSettings(createSettings({ id, actions, select, translate }));
      listenToServerEvents(registry, { actions, botUserId: () => select(store.getState()).me?.botUserId });
      const admin = createAdminClient(() => store.getState().entities.users.currentUserId);
      registry.registerAdminConsoleCustomSetting('console', createAdminConsole(admin), { showTitle: false });
    },
    // Mattermost removes the registrations itself.
    uninitialize: () => removeStyles(),
  };
}
