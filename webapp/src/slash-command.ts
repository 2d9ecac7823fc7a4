import { problemOf } from './actions.ts';
import type { Client } from './client.ts';
import { ClientError } from './client.ts';
import type { CommandArgs, HostStore, SlashCommandHook } from './host.ts';
import { replyPost } from './reply-post.ts';

export interface SlashCommandDeps {
  client: Client;
  store: HostStore;
  /** The text of a translation key in the user's language. */
  translate(id: string): string;
  /** Called after every command: it may have changed the state that open views show. */
  changed(): void;
}

/**
 * Runs `/msteams …` in the browser. When the browser cannot reach the sidecar (a proxy, an unknown certificate), the command is passed on
 * to Mattermost, whose server calls the sidecar; the reply is the same.
 */
export function createSlashCommandHook({ client, store, translate, changed }: SlashCommandDeps): SlashCommandHook {
  return async (message, args) => {
    if (message.trim().split(/\s+/u)[0]?.toLowerCase() !== '/msteams') return undefined;
    try {
      const reply = await client.command(message.trim());
      store.dispatch(replyPost({ reply, channelId: args.channel_id, rootId: args.root_id ?? '', now: Date.now() }));
      changed();
      return {};
    } catch (error) {
      return passedOn({ error, message, args, translate });
    }
  };
}

interface Failure {
  error: unknown;
  message: string;
  args: CommandArgs;
  translate(id: string): string;
}

function passedOn({ error, message, args, translate }: Failure) {
  if (error instanceof ClientError && error.reason === 'unreachable') return { message, args };
  const problem = problemOf(error);
  return { error: { message: 'text' in problem ? problem.text : translate(problem.id) } };
}
