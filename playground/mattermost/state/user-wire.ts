import type { User } from './model.ts';
import { isAdmin } from './permissions.ts';
import type { MattermostState } from './state.ts';

/** A user as the API sends one. */
export type ClientUser = Omit<User, 'email' | 'notify_props' | 'auth_data'> & {
  email: string;
  auth_data: string;
  notify_props?: Record<string, string>;
  disable_welcome_email: boolean;
};

/** What `viewer` may see of `user` (`SanitizeProfile`): everything of oneself and for administrators, else by the privacy settings. */
export function clientUser(state: MattermostState, viewer: User, user: User): ClientUser {
  const full = { ...user, disable_welcome_email: false };
  if (isAdmin(viewer)) return full;
  if (viewer.id === user.id) return { ...full, auth_data: '' };
  const { ShowEmailAddress, ShowFullName } = state.config.PrivacySettings;
  const { notify_props: _, ...rest } = full;
  return {
    ...rest,
    auth_data: '',
    auth_service: '',
    email: ShowEmailAddress ? user.email : '',
    first_name: ShowFullName ? user.first_name : '',
    last_name: ShowFullName ? user.last_name : '',
  };
}

/** `user_updated` to all users, each with the fields they may see. */
export function publishUser(state: MattermostState, user: User): void {
  state.hub.publish('user_updated', { everyone: true }, (viewerId) => {
    const viewer = state.store.users.get(viewerId);
    return { user: viewer ? clientUser(state, viewer, user) : null };
  });
}
