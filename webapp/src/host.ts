import type { Post } from '@mattermost/types/posts';
import type { GlobalState } from '@mattermost/types/store';
import type { ComponentType, ReactNode } from 'react';
import type { Action, Reducer, Store } from 'redux';

/**
 * The part of Mattermost's plugin registry that this plugin uses.
 * https://github.com/mattermost/mattermost/blob/master/webapp/channels/src/plugins/registry.ts
 */
export interface Registry {
  registerReducer(reducer: Reducer): void;
  registerTranslations(getTranslations: (locale: string) => Record<string, string>): void;
  registerSlashCommandWillBePostedHook(hook: SlashCommandHook): string;
  registerUserSettings(setting: UserSettings): void;
  registerPostTypeComponent(type: string, component: ComponentType<PostTypeProps>): string;
  registerAppBarComponent(entry: AppBarEntry): unknown;
  registerWebSocketEventHandler(event: string, handler: (message: SocketMessage) => void): void;
  registerReconnectHandler(handler: () => void): void;
  registerAdminConsoleCustomSetting(key: string, component: ComponentType, options: { showTitle: boolean }): void;
}

/** An icon in the app bar that opens the right-hand sidebar. `supportedProductIds: null` means Channels only. */
export interface AppBarEntry {
  iconUrl: string;
  tooltipText: string;
  supportedProductIds: null;
  rhsComponent: ComponentType;
  rhsTitle: string;
}

/** A message of Mattermost's WebSocket. */
export interface SocketMessage {
  event: string;
  data: Record<string, unknown>;
}

export interface CommandArgs {
  channel_id: string;
  team_id: string;
  root_id?: string;
}

/** `undefined`: not our command. `{}`: handled. `{message, args}`: passed on to the server. `{error}`: shown under the text box. */
export type SlashCommandHook = (
  message: string,
  args: CommandArgs,
) => Promise<
  undefined | Record<string, never> | { message: string; args: CommandArgs } | { error: { message: string } }
>;

export interface UserSettings {
  id: string;
  uiName: string;
  icon?: string;
  sections: Array<{ title: string; component: () => ReactNode }>;
}

export interface PostTypeProps {
  post: Post;
  compactDisplay?: boolean;
  isRHS?: boolean;
}

/** Mattermost's redux store. */
export type HostStore = Store<GlobalState, Action & Record<string, unknown>>;

export interface PluginInstance {
  initialize(registry: Registry, store: HostStore): void;
  uninitialize(): void;
}

interface HostWindow {
  registerPlugin(id: string, plugin: PluginInstance): void;
  basename?: string;
  PostUtils?: {
    formatText(text: string, options?: Record<string, unknown>): string;
    messageHtmlToComponent(html: string, options?: Record<string, unknown>): ReactNode;
  };
  WebappUtils?: {
    browserHistory?: { push(path: string): void };
    openUserSettings?(dialogProps: Record<string, unknown>): Parameters<HostStore['dispatch']>[0];
  };
}

function host(): Window & HostWindow {
  return window as unknown as Window & HostWindow;
}

/** Registers the plugin with Mattermost; must run while the bundle is being executed. */
export function registerPlugin(id: string, plugin: PluginInstance): void {
  host().registerPlugin(id, plugin);
}

/** The path under which Mattermost is served: empty, or such as `/company/chat`. */
export function basePath(): string {
  return host().basename ?? '';
}

/** Mattermost's CSRF token from its cookie; every changing request must send it. */
export function csrfToken(): string {
  return document.cookie.match(/(?:^|; )MMCSRF=([^;]+)/)?.[1] ?? '';
}

/** Renders Markdown with Mattermost's formatter, like any post. */
export function renderMarkdown(text: string): ReactNode {
  const utils = host().PostUtils;
  return utils ? utils.messageHtmlToComponent(utils.formatText(text, { mentionHighlight: false }), {}) : text;
}

/** Adds a style sheet to the page once; returns the function that removes it. */
export function addStyles(id: string, css: string): () => void {
  const style = document.getElementById(id) ?? document.createElement('style');
  style.id = id;
  style.textContent = css;
  document.head.append(style);
  return () => style.remove();
}

/** Downloads `content` as a file. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}

/** Opens the user settings at this plugin's tab. */
export function openSettings(store: Pick<HostStore, 'dispatch'>, pluginId: string): void {
  // `isContentProductSettings`: the tabs of plugins are in the settings, not in the profile.
  const action = host().WebappUtils?.openUserSettings?.({ activeTab: pluginId, isContentProductSettings: true });
  if (action) store.dispatch(action);
}

/** Shows a post in its channel, without reloading the page where possible. */
export function openPost(teamName: string, postId: string): void {
  const path = `/${teamName}/pl/${postId}`;
  const history = host().WebappUtils?.browserHistory;
  if (history) history.push(path);
  else window.location.assign(`${basePath()}${path}`);
}

/** The time zone of this machine, such as `Europe/Berlin`. */
export function localTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** Pixels. On a small screen browsers open a tab instead. */
const WINDOW = { width: 520, height: 720 };

/**
 * Opens a window for a URL that is not known yet. Browsers allow a new window only during the click, so it is opened empty and navigated
 * later. The desktop app opens no empty windows; there the URL itself is opened, in the system's browser. `go` returns false when the
 * window was blocked.
 * https://github.com/mattermost/desktop/blob/master/src/app/views/webContentEvents.ts
 */
export function prepareWindow(): { go(url: string): boolean; cancel(): void } {
  const isDesktopApp = navigator.userAgent.includes('Mattermost/') && navigator.userAgent.includes('Electron/');
  const opened = isDesktopApp ? null : window.open('', '_blank', windowFeatures());
  if (opened) opened.opener = null;
  return {
    go(url) {
      if (opened) {
        opened.location.href = url;
        return true;
      }
      if (isDesktopApp) window.open(url, '_blank', 'noopener');
      return isDesktopApp;
    },
    cancel: () => opened?.close(),
  };
}

function windowFeatures(): string {
  const { width, height } = WINDOW;
  const left = Math.round(window.screenX + Math.max(0, window.outerWidth - width) / 2);
  const top = Math.round(window.screenY + Math.max(0, window.outerHeight - height) / 2);
  return `popup,width=${width},height=${height},left=${left},top=${top}`;
}

/** Opens a URL in a small window, during a click. False when the browser blocked it. */
export function openSmallWindow(url: string): boolean {
  const page = prepareWindow();
  return page.go(url);
}

/** Calls `listener` when this window gets the focus. Returns the function that unsubscribes. */
export function onReturn(listener: () => void): () => void {
  window.addEventListener('focus', listener);
  return () => window.removeEventListener('focus', listener);
}
