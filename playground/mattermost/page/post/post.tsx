import React from 'react';
import { useText } from '../i18n/text.ts';
import { BotBadge, Timestamp, UserAvatar } from '../parts/avatar.tsx';
import { useApp, useAppDispatch } from '../parts/context.ts';
import { IconButton } from '../parts/controls.tsx';
import { nameOf } from '../store/selectors.ts';
import type { Post, User } from '../types.ts';
import { PostActions } from './actions.tsx';
import { PostBody } from './body.tsx';
import { PostEditor } from './editor.tsx';

/** What a post needs to know about its place. */
export interface PostProps {
  post: Post;
  isRHS?: boolean;
  /** Follows a post of the same author: picture and name are left out. */
  consecutive?: boolean;
  highlighted?: boolean;
}

function isEphemeral(post: Post): boolean {
  return post.type === 'system_ephemeral';
}

function overriddenName(post: Post): string {
  const name = post.props?.override_username;
  return post.props?.from_webhook === 'true' && typeof name === 'string' ? name : '';
}

function Header({ post, author }: { post: Post; author: User | undefined }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  const isBot = author?.is_bot === true || post.props?.from_webhook === 'true';
  const name =
    post.user_id === '0' || post.user_id === '' ? text('post.system') : overriddenName(post) || nameOf(author);
  return (
    <div className="post__header">
      <span className="user-popover">{name}</span>
      {isBot ? <BotBadge /> : null}
      <span className="post__time">
        <Timestamp value={post.create_at} />
      </span>
      {post.metadata?.priority?.priority ? (
        <span className="Tag Tag--danger">{post.metadata.priority.priority}</span>
      ) : null}
      {isEphemeral(post) ? (
        <>
          <span className="post__visibility">{text('post.onlyYou')}</span>
          <IconButton
            icon="close"
            size={14}
            label={text('post.dismiss')}
            className="post__remove"
            onClick={() => void dispatch({ type: 'POST_REMOVED', data: post })}
          />
        </>
      ) : null}
    </div>
  );
}

function ThreadFooter({ post }: { post: Post }): React.ReactElement | null {
  const text = useText();
  const dispatch = useAppDispatch();
  const told = useApp((state) => state.entities.posts.postsReplies[post.id] ?? post.reply_count ?? 0);
  const known = useApp((state) => state.entities.posts.postsInThread[post.id]?.length ?? 0);
  const count = Math.max(told, known);
  if (count === 0) return null;
  return (
    <button
      type="button"
      className="ThreadFooter"
      data-testid={`thread-${post.id}`}
      onClick={() => void dispatch({ type: 'SELECT_POST', postId: post.id })}
    >
      {text('post.replies', { count })}
    </button>
  );
}

/** One post with picture, header, body, thread footer and the actions that appear on hover or focus. */
export const PostView = React.memo(function PostView(props: PostProps): React.ReactElement {
  const { post, isRHS = false, consecutive = false, highlighted = false } = props;
  const author = useApp((state) => state.entities.users.profiles[post.user_id]);
  const [editing, setEditing] = React.useState(false);
  const ephemeral = isEphemeral(post);
  const classes = [
    'post',
    consecutive ? 'same--user' : '',
    highlighted ? 'post--highlight' : '',
    ephemeral ? 'post--ephemeral' : '',
  ];
  return (
    <article className={classes.join(' ')} data-testid={`post-${post.id}`} data-post-type={post.type}>
      <div className="post__img">
        {consecutive ? (
          <span className="post__time-gutter">
            <Timestamp value={post.create_at} />
          </span>
        ) : (
          <UserAvatar user={author} />
        )}
      </div>
      <div className="post__content" data-testid={ephemeral ? 'ephemeral' : undefined}>
        {consecutive ? null : <Header post={post} author={author} />}
        {editing ? <PostEditor post={post} onDone={() => setEditing(false)} /> : <PostBody post={post} isRHS={isRHS} />}
        {isRHS ? null : <ThreadFooter post={post} />}
      </div>
      {ephemeral || post.state === 'DELETED' ? null : (
        <PostActions post={post} isRHS={isRHS} onEdit={() => setEditing(true)} />
      )}
    </article>
  );
});
