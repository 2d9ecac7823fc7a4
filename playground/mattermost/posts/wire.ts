import { isObject } from '../http/body.ts';
import { newId } from '../state/ids.ts';
import type { FileInfo, Post, Props, Reaction } from '../state/model.ts';
import type { Store } from '../state/store.ts';

/** A post as clients get it. */
export interface ClientPost extends Omit<Post, 'metadata'> {
  metadata: Post['metadata'] & { files?: FileInfo[]; reactions?: Reaction[] };
  has_reactions?: boolean;
}

/** One action of an attachment as its author wrote it. */
export interface PostAction extends Props {
  id: string;
  type?: string;
  data_source?: string;
  integration?: { url?: string; context?: Props };
  cookie?: string;
}

/** What clients see of a post: files and reactions added, every action's `integration` removed. */
export function clientPost(store: Store, post: Post): ClientPost {
  const metadata: ClientPost['metadata'] = { ...post.metadata };
  if (post.file_ids !== undefined && post.delete_at === 0) metadata.files = filesOf(store, post);
  const reactions = store.reactions.get(post.id) ?? [];
  if (reactions.length > 0) metadata.reactions = reactions;
  const client: ClientPost = { ...post, pending_post_id: '', props: withoutIntegrations(post.props), metadata };
  if (reactions.length > 0) client.has_reactions = true;
  return client;
}

/** The files of a post, in its order. */
export function filesOf(store: Store, post: Post): FileInfo[] {
  return (post.file_ids ?? []).flatMap((id) => store.files.get(id) ?? []);
}

/** Props with a copy of every action in `attachments`, changed by `change`; the same props when there are none. */
export function mapActions(props: Props, change: (action: PostAction) => PostAction): Props {
  if (!Array.isArray(props.attachments)) return props;
  const attachments = props.attachments.map((attachment: unknown) => {
    if (!isObject(attachment) || !Array.isArray(attachment.actions)) return attachment;
    const actions = attachment.actions.filter(isObject).map((action) => change({ ...action, id: idOf(action) }));
    return { ...attachment, actions };
  });
  return { ...props, attachments };
}

function idOf(action: Props): string {
  return typeof action.id === 'string' ? action.id : '';
}

/** Gives every action without an id one, as the server does when a post is saved. */
export function withActionIds(props: Props): Props {
  return mapActions(props, (action) => ({ ...action, id: action.id === '' ? newId() : action.id }));
}

function withoutIntegrations(props: Props): Props {
  return mapActions(props, ({ integration: _, ...action }) => action);
}

/** The action of a stored post with this id. */
export function findAction(props: Props, actionId: string): PostAction | undefined {
  let found: PostAction | undefined;
  mapActions(props, (action) => {
    if (action.id === actionId) found ??= action;
    return action;
  });
  return found;
}
