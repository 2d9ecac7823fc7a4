import type { AppState } from '../types.ts';

/** Mattermost's theme object, as stored in the `theme` preference and handed to plugins. */
export type Theme = Record<string, string> & { type: string; centerChannelBg: string };

const DENIM: Theme = {
  type: 'Denim',
  sidebarBg: '#1e325c',
  sidebarText: '#ffffff',
  sidebarUnreadText: '#ffffff',
  sidebarTextHoverBg: '#28427b',
  sidebarTextActiveBorder: '#5d89ea',
  sidebarTextActiveColor: '#ffffff',
  sidebarHeaderBg: '#192a4d',
  sidebarTeamBarBg: '#162545',
  sidebarHeaderTextColor: '#ffffff',
  onlineIndicator: '#3db887',
  awayIndicator: '#ffbc1f',
  dndIndicator: '#d24b4e',
  mentionBg: '#ffffff',
  mentionBj: '#ffffff',
  mentionColor: '#1e325c',
  centerChannelBg: '#ffffff',
  centerChannelColor: '#3f4350',
  newMessageSeparator: '#cc8f00',
  linkColor: '#386fe5',
  buttonBg: '#1c58d9',
  buttonColor: '#ffffff',
  errorTextColor: '#d24b4e',
  mentionHighlightBg: '#ffd470',
  mentionHighlightLink: '#1b1d22',
  codeTheme: 'github',
};

const ONYX: Theme = {
  ...DENIM,
  type: 'Onyx',
  sidebarBg: '#202228',
  sidebarTextHoverBg: '#25262a',
  sidebarTextActiveBorder: '#4a7ce8',
  sidebarHeaderBg: '#24272d',
  sidebarTeamBarBg: '#292c33',
  awayIndicator: '#f5ab00',
  mentionBg: '#4b7ce7',
  mentionBj: '#4b7ce7',
  mentionColor: '#ffffff',
  centerChannelBg: '#191b1f',
  centerChannelColor: '#e3e4e8',
  newMessageSeparator: '#1adbdb',
  linkColor: '#5d89ea',
  buttonBg: '#4a7ce8',
  errorTextColor: '#da6c6e',
  mentionHighlightBg: '#0d6e6e',
  mentionHighlightLink: '#a4f4f4',
  codeTheme: 'monokai',
};

/** The themes to choose from. */
export const THEMES: readonly Theme[] = [DENIM, ONYX];

/** Theme field → CSS variable; each also gets an `-rgb` twin, as in Mattermost. */
const VARIABLES: Record<string, string> = {
  sidebarBg: 'sidebar-bg',
  sidebarText: 'sidebar-text',
  sidebarUnreadText: 'sidebar-unread-text',
  sidebarTextHoverBg: 'sidebar-text-hover-bg',
  sidebarTextActiveBorder: 'sidebar-text-active-border',
  sidebarTextActiveColor: 'sidebar-text-active-color',
  sidebarHeaderBg: 'sidebar-header-bg',
  sidebarTeamBarBg: 'sidebar-teambar-bg',
  sidebarHeaderTextColor: 'sidebar-header-text-color',
  onlineIndicator: 'online-indicator',
  awayIndicator: 'away-indicator',
  dndIndicator: 'dnd-indicator',
  mentionBg: 'mention-bg',
  mentionColor: 'mention-color',
  centerChannelBg: 'center-channel-bg',
  centerChannelColor: 'center-channel-color',
  newMessageSeparator: 'new-message-separator',
  linkColor: 'link-color',
  buttonBg: 'button-bg',
  buttonColor: 'button-color',
  errorTextColor: 'error-text',
  mentionHighlightBg: 'mention-highlight-bg',
  mentionHighlightLink: 'mention-highlight-link',
};

function rgb(hex: string): string {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).join(', ');
}

let lastValue = '';
let lastTheme: Theme = DENIM;

/** The user's theme; the same object as long as the preference does not change. */
export function currentTheme(state: AppState): Theme {
  const stored = state.entities.preferences.myPreferences;
  const teamId = state.entities.teams.currentTeamId;
  const value = (stored[`theme--${teamId}`] ?? stored['theme--'])?.value ?? '';
  if (value === lastValue) return lastTheme;
  lastValue = value;
  lastTheme = parseTheme(value);
  return lastTheme;
}

function parseTheme(value: string): Theme {
  try {
    const parsed = JSON.parse(value) as Theme;
    return { ...(THEMES.find((theme) => theme.type === parsed.type) ?? DENIM), ...parsed };
  } catch {
    return DENIM;
  }
}

/** Sets Mattermost's CSS variables on the root element. */
export function applyTheme(theme: Theme): void {
  const { style } = document.documentElement;
  for (const [field, variable] of Object.entries(VARIABLES)) {
    const value = theme[field] ?? '';
    style.setProperty(`--${variable}`, value);
    style.setProperty(`--${variable}-rgb`, rgb(value));
  }
  style.setProperty('--error-text-color-rgb', rgb(theme.errorTextColor ?? ''));
  style.setProperty('color-scheme', isDark(theme) ? 'dark' : 'light');
}

/** Whether the centre of the theme is dark. */
export function isDark(theme: Theme): boolean {
  const [red = 0, green = 0, blue = 0] = rgb(theme.centerChannelBg).split(', ').map(Number);
  return red * 0.299 + green * 0.587 + blue * 0.114 < 128;
}
