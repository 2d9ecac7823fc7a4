import React from 'react';
import { request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { UserAvatar } from '../parts/avatar.tsx';
import { useApp, useAppDispatch } from '../parts/context.ts';
import { IconButton, Menu, type MenuEntry } from '../parts/controls.tsx';
import { Icon } from '../parts/icons.tsx';
import { openUserSettings } from '../parts/modals.tsx';
import { browserHistory } from '../plugins/history.ts';
import { componentsIn, currentUser } from '../store/selectors.ts';

function useProductEntries(): MenuEntry[] {
  const text = useText();
  const admin = useApp((state) => currentUser(state)?.roles.split(' ').includes('system_admin') ?? false);
  const plugin = useApp(componentsIn('MainMenu'));
  const console = {
    key: 'console',
    text: text('header.console'),
    onSelect: () => browserHistory().push('/admin_console'),
  };
  const entries = plugin.map((entry) => ({
    key: entry.id,
    text: entry.text as React.ReactNode,
    onSelect: () => (entry.action as () => void)(),
  }));
  return [
    { key: 'channels', text: text('header.channels'), onSelect: () => browserHistory().push('/') },
    ...entries,
    ...(admin ? [console] : []),
  ];
}

async function logOut(): Promise<void> {
  await request('/users/logout', { method: 'POST' }).catch(() => undefined);
  window.location.assign('/login');
}

/** The bar at the top: products, settings, account. */
export function GlobalHeader({ onToggleSidebar }: { onToggleSidebar: () => void }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  const me = useApp(currentUser);
  const entries = useProductEntries();
  const account: MenuEntry[] = [
    { key: 'name', text: `@${me?.username ?? ''}`, onSelect: () => undefined },
    { key: 'logout', text: text('header.logout'), onSelect: () => void logOut() },
  ];
  return (
    <header className="global-header">
      <IconButton
        icon="menu"
        label={text('sidebar.open')}
        className="only-narrow"
        onClick={onToggleSidebar}
        testId="open-sidebar"
      />
      <Menu icon="products" label={text('header.product')} entries={entries} testId="product-menu" />
      <span className="global-header__title">{text('header.channels')}</span>
      <span className="global-header__spacer" />
      <IconButton
        icon="gear"
        label={text('header.settings')}
        testId="settings-button"
        onClick={() => void dispatch(openUserSettings())}
      />
      <Menu
        icon="dots"
        label={text('header.user')}
        entries={account}
        button={<UserAvatar user={me} size="sm" />}
        className="Menu--right"
        testId="user-menu"
      />
    </header>
  );
}

/** The line shown while the WebSocket is down. */
export function ConnectionBanner(): React.ReactElement | null {
  const text = useText();
  const connected = useApp((state) => state.views.connection.connected);
  if (connected) return null;
  return (
    <div className="announcement-bar" role="status">
      <Icon name="plug" size={14} /> {text('connection.lost')}
    </div>
  );
}
