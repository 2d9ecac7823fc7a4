import * as Luxon from 'luxon';
import * as PropTypesModule from 'prop-types';
import * as React from 'react';
import * as ReactDOM from 'react-dom';
import { createRoot, hydrateRoot } from 'react-dom/client';
import * as ReactIntl from 'react-intl';
import * as ReactRedux from 'react-redux';
import * as ReactRouterDom from 'react-router-dom';
import * as Redux from 'redux';
import { Avatar, BotBadge, imageUrl, Timestamp } from '../parts/avatar.tsx';
import { openInteractiveDialog, openModal, openUserSettings } from '../parts/modals.tsx';
import { showNotification } from '../realtime/notify.ts';
import type { SocketClient } from '../realtime/socket.ts';
import type { AppStore, Thunk } from '../types.ts';
import { browserHistory } from './history.ts';
import { formatText, messageHtmlToComponent } from './post-utils.tsx';
import { closeRhs } from './rhs-actions.ts';

/** The namespace of a CommonJS package as a plain object, its default's members included. */
function flat(module: object): object {
  const inner = (module as { default?: unknown }).default;
  return { ...(typeof inner === 'object' ? inner : {}), ...module };
}

function silence(): void {
  // A browser tab has no ringtone of its own; the desktop app plays these.
}

/** In the browser Mattermost's desktop bridge exists and answers nothing. */
const desktopApp = {
  isDesktopApp: () => false,
  getAppInfo: () => Promise.resolve(undefined),
  onCallsWidgetConnected: () => silence,
  updateUnreadsAndMentions: silence,
};

const ring = {
  ring: silence,
  stopRing: silence,
};

function sendDesktopNotificationToMe(title: string, body: string, channel?: unknown): Thunk<void> {
  void channel;
  return () => showNotification({ title, body, silent: false });
}

function productApi(store: AppStore, socket: () => SocketClient) {
  return {
    useWebSocket: ({ handler }: { handler: (message: unknown) => void }) => {
      React.useEffect(() => {
        const client = socket();
        client.addMessageListener(handler);
        return () => client.removeMessageListener(handler);
      }, [handler]);
    },
    useWebSocketClient: socket,
    WebSocketProvider: ReactRedux.Provider,
    closeRhs,
    selectRhsPost: (postId: string) => ({ type: 'SELECT_POST', postId }),
    getRhsSelectedPostId: () => store.getState().views.rhs.selectedPostId,
    getIsRhsOpen: () => store.getState().views.rhs.isSidebarOpen,
  };
}

function webappUtils() {
  return {
    get browserHistory() {
      return browserHistory();
    },
    modals: {
      openModal,
      ModalIdentifiers: { USER_SETTINGS: 'user_settings', INTERACTIVE_DIALOG: 'interactive_dialog' },
    },
    notificationSounds: ring,
    sendDesktopNotificationToMe,
    openUserSettings,
  };
}

/** Puts on `window` what contract §1.2 lists for 11.2; nothing newer, so that a plugin cannot lean on it. */
export function exposeGlobals(store: AppStore, socket: () => SocketClient): void {
  Object.assign(window, {
    React: flat(React),
    ReactDOM: { ...flat(ReactDOM), createRoot, hydrateRoot },
    Redux: flat(Redux),
    ReactRedux: flat(ReactRedux),
    ReactIntl: flat(ReactIntl),
    ReactRouterDom: flat(ReactRouterDom),
    PropTypes: flat(PropTypesModule),
    Luxon: flat(Luxon),
    PostUtils: { formatText, messageHtmlToComponent },
    WebappUtils: webappUtils(),
    Components: { Timestamp, Avatar, BotBadge, imageURLForUser: imageUrl },
    ProductApi: productApi(store, socket),
    DesktopApp: desktopApp,
    openInteractiveDialog: (request: unknown) => store.dispatch(openInteractiveDialog(request)),
    basename: '',
  });
}
