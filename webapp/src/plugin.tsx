import { createIntl } from 'react-intl';
import { createModel } from './actions.ts';
import { createAdminClient } from './admin-client.ts';
import { createClient } from './client.ts';
import { createAdminConsole } from './components/admin/console.tsx';
import { CARD_POST_TYPE, createCard } from './components/card.tsx';
import { MARK_URL } from './components/icons.tsx';
import { createReply } from './components/reply.tsx';
import { createSettings } from './components/settings.tsx';
import { createPanel } from './components/sidebar.tsx';
import type { HostStore, PluginInstance, Registry } from './host.ts';
import { addStyles } from './host.ts';
import de from './i18n/de.json' with { type: 'json' };
import en from './i18n/en.json' with { type: 'json' };
import { reducer, selectLocale, selectPlace, selectState } from './reducer.ts';
import { REPLY_POST_TYPE } from './reply-post.ts';
import { listen } from './server-events.ts';
import { createSlashCommandHook } from './slash-command.ts';
import { STYLES } from './styles.ts';

/** The plugin: a list of registrations. */
export function createPlugin(id: string): PluginInstance {
  let removeStyles = () => {};
  return {
    initialize(registry: Registry, store: HostStore) {
      removeStyles = addStyles(`${id}-styles`, STYLES);
      const client = createClient(() => selectPlace(store.getState()));
      const model = createModel(client, store);
      const select = selectState(id);
      const translate = (key: string) => {
        const locale = selectLocale(store.getState());
        return createIntl({ locale, messages: translationsFor(locale) }).formatMessage({ id: key });
      };
      registry.registerTranslations(translationsFor);
      registry.registerReducer(reducer);
      registry.registerSlashCommandWillBePostedHook(
        createSlashCommandHook({ client, store, translate, changed: model.touch }),
      );
      registry.registerPostTypeComponent(REPLY_POST_TYPE, createReply({ client, store, model }));
      registry.registerPostTypeComponent(CARD_POST_TYPE, createCard({ id, store, model, select }));
      registry.registerAppBarComponent({
        iconUrl: MARK_URL,
        tooltipText: translate('msteams_connect.panel.tooltip'),
        supportedProductIds: null,
        rhsComponent: createPanel({ id, store, model, select }),
        rhsTitle: 'Microsoft Teams',
      });
      registry.registerUserSettings(createSettings({ id, model, select, translate }));
      listen(registry, { model, botUserId: () => select(store.getState()).me?.botUserId });
      const admin = createAdminClient(() => store.getState().entities.users.currentUserId);
      registry.registerAdminConsoleCustomSetting('console', createAdminConsole(admin), { showTitle: false });
    },
    // Mattermost itself takes every registration back.
    uninitialize: () => removeStyles(),
  };
}

/** English is the language of every locale without a file of its own. */
export function translationsFor(locale: string): Record<string, string> {
  return locale.toLowerCase().startsWith('de') ? de : en;
}
