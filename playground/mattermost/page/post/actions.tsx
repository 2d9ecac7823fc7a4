import React from 'react';
import { requestOr } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { useApp, useAppDispatch, useAppStore } from '../parts/context.ts';
import { IconButton, Menu, type MenuEntry } from '../parts/controls.tsx';
import { componentsIn } from '../store/selectors.ts';
import type { Post } from '../types.ts';

function useOwnEntries(post: Post, onEdit: () => void): MenuEntry[] {
  const text = useText();
  const store = useAppStore();
  const { entities } = store.getState();
  const team = entities.teams.teams[entities.teams.currentTeamId];
  const link = `${window.location.origin}/${team?.name ?? '_redirect'}/pl/${post.id}`;
  const copy = { key: 'copy', text: text('post.copyLink'), onSelect: () => void navigator.clipboard?.writeText(link) };
  if (post.user_id !== entities.users.currentUserId) return [copy];
  const remove = () => void requestOr(`/posts/${post.id}`, null, { method: 'DELETE' });
  return [
    copy,
    { key: 'edit', text: text('post.edit'), onSelect: onEdit },
    { key: 'delete', text: text('post.delete'), onSelect: remove, danger: true },
  ];
}

function usePluginEntries(post: Post): MenuEntry[] {
  const entries = useApp(componentsIn('PostDropdownMenu'));
  return entries
    .filter((entry) => typeof entry.filter !== 'function' || (entry.filter as (id: string) => boolean)(post.id))
    .map((entry) => ({
      key: entry.id,
      text: entry.text as React.ReactNode,
      onSelect: () => (entry.action as (id: string) => void)(post.id),
    }));
}

/** Reply and the menu of a post, the plugins' entries last. */
export function PostActions(props: { post: Post; isRHS: boolean; onEdit: () => void }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  const own = useOwnEntries(props.post, props.onEdit);
  const plugin = usePluginEntries(props.post);
  const rootId = props.post.root_id || props.post.id;
  return (
    <div className="post-menu">
      {props.isRHS ? null : (
        <IconButton
          icon="reply"
          label={text('post.reply')}
          onClick={() => void dispatch({ type: 'SELECT_POST', postId: rootId })}
        />
      )}
      <Menu icon="dots" label={text('post.more')} entries={[...own, ...plugin]} className="Menu--right" />
    </div>
  );
}
