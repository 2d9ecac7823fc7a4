import type { ReplyView, SessionGrant } from '../sidecar/src/api/schema.ts';
import type { Control } from './control.ts';
import { createControl } from './control.ts';
import type { Environment } from './environment.ts';
import { createHttpBrowser } from './http-browser.ts';
import type { SamplePerson } from './sample.ts';
import { ALICE } from './sample.ts';

/** A post of the bot, as the Mattermost emulator stored it. */
export interface StoredPost {
  id: string;
  message: string;
  props: Record<string, unknown> & {
    msteams_delivery?: string;
    attachments?: Array<{ actions?: Array<{ id: string; name: string }> }>;
  };
  create_at: number;
  edit_at: number;
  delete_at: number;
}

/** Answer of the slash command as Mattermost hands it to the client. */
export interface CommandAnswer {
  text: string;
  goto_location?: string;
  props?: Record<string, unknown>;
  attachments?: Array<{ actions?: Array<{ id: string; name: string }> }>;
}

/** A Mattermost user without a browser: commands, buttons, the bot's posts and the sign-in pages. */
export interface MattermostUser {
  username: string;
  userId: string;
  command(text: string): Promise<CommandAnswer>;
  /** The bot's posts to this user, oldest first. */
  posts(): Promise<StoredPost[]>;
  /** Presses the newest button with this label in the bot's direct messages. */
  press(label: string): Promise<void>;
  /** Runs a command that asks for confirmation and presses its first button, over the sidecar's API as the webapp does. */
  confirm(text: string): Promise<ReplyView>;
  /** Connects: `/msteams connect`, the link's page, the Microsoft sign-in, consent, and back. Returns the last page's text. */
  connect(as?: SamplePerson): Promise<string>;
}

/** Logs an existing user in with the sample password. */
export async function createMattermostUser(environment: Environment, username: string): Promise<MattermostUser> {
  const login = await fetch(`${environment.mattermostUrl}/api/v4/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-requested-with': 'XMLHttpRequest' },
    body: JSON.stringify({ login_id: username, password: 'Password1!' }),
  });
  if (!login.ok) throw new Error(`${username} cannot log in: ${login.status} ${await login.text()}`);
  const { id: userId } = (await login.json()) as { id: string };
  const api = createControl(environment.mattermostUrl, {
    headers: { authorization: `Bearer ${login.headers.get('token')}` },
  });
  const place = await findPlace(api, userId);
  const command = (text: string) => api.post<CommandAnswer>('/api/v4/commands/execute', { command: text, ...place });
  const posts = () => environment.mattermost.get<StoredPost[]>(`/playground/posts?user=${username}&from=msteams`);
  return {
    username,
    userId,
    command,
    posts,
    press: async (label) => {
      const { post, action } = findButton(await posts(), label);
      await api.post(`/api/v4/posts/${post}/actions/${action}`, {});
    },
    confirm: async (text) => {
      const grant = (await command('/msteams --session')).props?.msteams as SessionGrant;
      const sidecar = createControl(grant.sidecarUrl, {
        ca: environment.ca,
        headers: { authorization: `Bearer ${grant.session}` },
      });
      const asked = await sidecar.post<ReplyView>('/api/v1/commands', { command: text });
      const answer = await sidecar.post<ReplyView>('/api/v1/actions', { action: asked.buttons[0]?.action });
      await sidecar.close();
      return answer;
    },
    connect: async (as = ALICE) =>
      signIn(environment, linkIn(await command('/msteams connect'), environment.publicUrl), as),
  };
}

async function findPlace(api: Control, userId: string): Promise<{ team_id: string; channel_id: string }> {
  const [team] = await api.get<Array<{ id: string }>>(`/api/v4/users/${userId}/teams`);
  const channels = await api.get<Array<{ id: string; name: string }>>(
    `/api/v4/users/${userId}/teams/${team?.id}/channels`,
  );
  const channel = channels.find(({ name }) => name === 'town-square');
  if (!team || !channel) throw new Error('The user is in no team with a town square.');
  return { team_id: team.id, channel_id: channel.id };
}

function findButton(posts: StoredPost[], label: string): { post: string; action: string } {
  for (const post of posts.toReversed()) {
    const action = (post.props.attachments ?? [])
      .flatMap(({ actions }) => actions ?? [])
      .find(({ name }) => name === label);
    if (action) return { post: post.id, action: action.id };
  }
  throw new Error(`The bot wrote no button "${label}".`);
}

function linkIn(answer: CommandAnswer, publicUrl: string): string {
  const start = answer.text.indexOf(`${publicUrl}/connect?`);
  if (start < 0) throw new Error(`No sign-in link in the answer: ${answer.text}`);
  return answer.text.slice(start).split(/[)\s>]/)[0] ?? '';
}

/** Follows a one-time link through the Microsoft sign-in to the last page and returns its text. */
export async function signIn(environment: Environment, link: string, as: SamplePerson): Promise<string> {
  const httpBrowser = createHttpBrowser(environment.ca);
  try {
    const between = await httpBrowser.open(link);
    const people = await httpBrowser.press(between, () => true);
    const consent = await httpBrowser.press(people, ({ value }) => value === as.oid);
    // After an earlier consent Microsoft redirects at once.
    const asked = consent.forms.some(({ buttons }) => buttons.some(({ value }) => value === 'accept'));
    return (asked ? await httpBrowser.press(consent, ({ value }) => value === 'accept') : consent).text;
  } finally {
    await httpBrowser.close();
  }
}
