import React from 'react';
import { Composer, useComposerFocus } from '../compose/composer.tsx';
import { useText } from '../i18n/text.ts';
import { UserAvatar } from '../parts/avatar.tsx';
import { useApp, useAppStore } from '../parts/context.ts';
import { PostList } from '../post/list.tsx';
import { ChannelHeader } from '../shell/channel-header.tsx';
import { loadPosts, viewChannel } from '../store/load.ts';
import { channelTitle, directPartner, postsOf } from '../store/selectors.ts';
import type { Channel } from '../types.ts';

function Intro({ channel, title }: { channel: Channel; title: string }): React.ReactElement {
  const text = useText();
  const partner = useApp((state) =>
    channel.type === 'D'
      ? state.entities.users.profiles[directPartner(channel, state.entities.users.currentUserId)]
      : undefined,
  );
  return (
    <div className="channel-intro">
      {partner === undefined ? null : <UserAvatar user={partner} size="xl" />}
      <h2>{title}</h2>
      <p>{text('post.begin', { name: title })}</p>
    </div>
  );
}

/** Marks the channel as read when it opens and whenever the window comes back to it. */
function useViewed(channelId: string): void {
  const store = useAppStore();
  React.useEffect(() => {
    const view = () => void viewChannel(store, channelId);
    view();
    window.addEventListener('focus', view);
    return () => window.removeEventListener('focus', view);
  }, [store, channelId]);
}

/** A channel: header, posts, composer. */
export function ChannelScreen({ channel, highlightId }: { channel: Channel; highlightId: string }): React.ReactElement {
  const store = useAppStore();
  const posts = useApp((state) => state.entities.posts.posts);
  const title = useApp((state) => channelTitle(state, channel));
  const list = React.useMemo(() => postsOf(posts, channel.id), [posts, channel.id]);
  useViewed(channel.id);
  useComposerFocus(channel.id);
  React.useEffect(() => {
    // A refusal leaves what the WebSocket brings; the banner tells about a lost connection.
    loadPosts(store, channel.id).catch(() => undefined);
  }, [store, channel.id]);
  return (
    <main className="app__content" id="app-content">
      <ChannelHeader channel={channel} />
      <PostList
        key={channel.id}
        posts={list}
        intro={<Intro channel={channel} title={title} />}
        highlightId={highlightId}
      />
      <Composer key={`composer-${channel.id}`} channel={channel} title={title} />
    </main>
  );
}
