import React from 'react';
import { useText } from '../i18n/text.ts';
import { emojiNamed } from '../markdown/emoji.ts';
import { PluginBoundary } from '../parts/boundary.tsx';
import { useApp } from '../parts/context.ts';
import { Pluggable } from '../parts/pluggable.tsx';
import { currentTheme } from '../parts/theme.ts';
import { isCompact, postTypeComponent } from '../store/selectors.ts';
import type { Post } from '../types.ts';
import { Attachments } from './attachments.tsx';
import { PostFiles } from './files.tsx';
import { PostMarkdown } from './markdown.tsx';

function CustomBody({ post, isRHS }: { post: Post; isRHS: boolean }): React.ReactElement | null {
  const entry = useApp((state) => postTypeComponent(state, post));
  const theme = useApp(currentTheme);
  const compactDisplay = useApp(isCompact);
  if (entry?.component === undefined) return null;
  return (
    <PluginBoundary pluginId={entry.pluginId}>
      <entry.component post={post} compactDisplay={compactDisplay} isRHS={isRHS} theme={theme} />
    </PluginBoundary>
  );
}

function Reactions({ postId }: { postId: string }): React.ReactElement | null {
  const reactions = Object.values(useApp((state) => state.entities.posts.reactions[postId]) ?? {});
  const names = [...new Set(reactions.map((each) => each.emoji_name))];
  if (names.length === 0) return null;
  return (
    <ul className="reactions">
      {names.map((name) => (
        <li key={name} className="reaction">
          {emojiNamed(name) ?? `:${name}:`} {reactions.filter((each) => each.emoji_name === name).length}
        </li>
      ))}
    </ul>
  );
}

function PlainBody({ post }: { post: Post }): React.ReactElement {
  const text = useText();
  const options = {
    unsafeLinks: post.props?.unsafe_links === 'true',
    mentionHighlight: post.props?.mentionHighlightDisabled !== true,
  };
  const edited = post.edit_at > 0 ? <span className="post-edited__indicator">{text('post.edited')}</span> : null;
  return (
    <>
      {post.message === '' ? null : <PostMarkdown text={post.message} options={options} />}
      {edited}
      <Attachments post={post} />
    </>
  );
}

/** What a post says: the plugin's component for its type, else text and attachments; then files and reactions. */
export function PostBody({ post, isRHS }: { post: Post; isRHS: boolean }): React.ReactElement {
  const text = useText();
  const isCustom = useApp((state) => postTypeComponent(state, post) !== undefined);
  if (post.state === 'DELETED' || post.delete_at > 0) {
    return <p className="post--deleted">{text('post.deleted')}</p>;
  }
  return (
    <div className="post__body">
      {isCustom ? <CustomBody post={post} isRHS={isRHS} /> : <PlainBody post={post} />}
      <PostFiles post={post} />
      <Pluggable slot="PostMessageAttachment" given={{ postId: post.id, onHeightChange: noHeight }} />
      <Reactions postId={post.id} />
    </div>
  );
}

/** The list keeps its place by itself, so a changed height needs no answer. */
function noHeight(): void {}
