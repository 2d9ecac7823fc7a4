import { channelTitle, componentsIn } from '../store/selectors.ts';
import type { AppStore, Post } from '../types.ts';

/** What a desktop notification shows; plugins' hooks may change every field. */
export interface NotificationArgs {
  title: string;
  body: string;
  silent: boolean;
  soundName: string;
  url: string;
  notify: boolean;
}

type Hook = (
  ...given: [post: Post, msgProps: unknown, channel: unknown, teamId: string, args: NotificationArgs]
) => unknown;

async function runHooks(store: AppStore, post: Post, given: { data: unknown; args: NotificationArgs }) {
  const state = store.getState();
  const channel = state.entities.channels.channels[post.channel_id];
  const teamId = channel?.team_id || state.entities.teams.currentTeamId;
  let { args } = given;
  for (const entry of componentsIn('DesktopNotificationHooks')(state)) {
    const result = (await (entry.hook as Hook)(post, given.data, channel, teamId, args)) as
      | { args?: NotificationArgs }
      | null
      | undefined;
    if (!result) continue;
    if (result.args === undefined) return null;
    args = result.args;
  }
  return args;
}

/** Shows a notification of the browser when the user has allowed it. */
export function showNotification({ title, body, silent }: Pick<NotificationArgs, 'title' | 'body' | 'silent'>): void {
  if (!('Notification' in window) || Notification.permission !== 'granted') return;
  new Notification(title, { body, silent });
}

/** Asks the plugins' hooks about a post that mentions the user, then shows the notification. */
export async function notifyDesktop(store: AppStore, post: Post, data: unknown): Promise<void> {
  const channel = store.getState().entities.channels.channels[post.channel_id];
  const title = channel === undefined ? 'Mattermost' : channelTitle(store.getState(), channel);
  const initial = { title, body: post.message, silent: false, soundName: 'Bing', url: '', notify: true };
  const args = await runHooks(store, post, { data, args: initial });
  if (args?.notify) showNotification(args);
}
