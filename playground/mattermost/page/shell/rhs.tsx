import React from 'react';
import { Composer } from '../compose/composer.tsx';
import { useText } from '../i18n/text.ts';
import { useApp, useAppDispatch, useAppStore } from '../parts/context.ts';
import { IconButton } from '../parts/controls.tsx';
import { Pluggable } from '../parts/pluggable.tsx';
import { closeRhs } from '../plugins/rhs-actions.ts';
import { PostList } from '../post/list.tsx';
import { loadThread } from '../store/load.ts';
import { channelTitle, componentsIn, threadOf } from '../store/selectors.ts';

function Frame(props: { title: React.ReactNode; subtitle?: string; children: React.ReactNode }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  return (
    <aside
      className="sidebar--right"
      aria-label={typeof props.title === 'string' ? props.title : undefined}
      data-testid="rhs"
    >
      <div className="sidebar--right__header">
        <h2 className="sidebar--right__title">
          {props.title}
          {props.subtitle ? <span className="sidebar--right__subtitle">{props.subtitle}</span> : null}
        </h2>
        <IconButton
          icon="close"
          label={text('rhs.close')}
          onClick={() => void dispatch(closeRhs())}
          testId="rhs-close"
        />
      </div>
      <div className="sidebar--right__content">{props.children}</div>
    </aside>
  );
}

function PluginPanel({ id }: { id: string }): React.ReactElement {
  const text = useText();
  const entry = useApp(componentsIn('RightHandSidebarComponent')).find((each) => each.id === id);
  const title = entry?.title as React.ReactNode;
  return (
    <Frame title={title ?? ''}>
      {entry === undefined ? (
        <p className="sidebar--right__empty">{text('rhs.gone')}</p>
      ) : (
        <Pluggable slot="RightHandSidebarComponent" id={id} />
      )}
    </Frame>
  );
}

function Thread({ rootId }: { rootId: string }): React.ReactElement | null {
  const text = useText();
  const store = useAppStore();
  const posts = useApp((state) => state.entities.posts.posts);
  const thread = React.useMemo(() => threadOf(posts, rootId), [posts, rootId]);
  const channel = useApp((state) => state.entities.channels.channels[thread[0]?.channel_id ?? '']);
  const title = useApp((state) => (channel === undefined ? '' : channelTitle(state, channel)));
  React.useEffect(() => {
    // Without the thread's older replies the list still shows the posts it has.
    loadThread(store, rootId).catch(() => undefined);
  }, [store, rootId]);
  if (channel === undefined) return null;
  return (
    <Frame title={text('rhs.thread')} subtitle={title}>
      <PostList posts={thread} isRHS />
      <Composer channel={channel} title={title} rootId={rootId} />
    </Frame>
  );
}

/** The right-hand side: a thread or a plugin's panel. */
export function RightHandSide(): React.ReactElement | null {
  const rhs = useApp((state) => state.views.rhs);
  if (!rhs.isSidebarOpen) return null;
  if (rhs.selectedPostId !== '') return <Thread key={rhs.selectedPostId} rootId={rhs.selectedPostId} />;
  return <PluginPanel id={rhs.pluggableId} />;
}
