import React from 'react';
import { useIntl } from 'react-intl';
import { useText } from '../i18n/text.ts';
import type { Post } from '../types.ts';
import { PostView } from './post.tsx';

const SAME_AUTHOR_MS = 5 * 60 * 1000;

function isConsecutive(post: Post, before: Post | undefined): boolean {
  if (before === undefined || post.user_id !== before.user_id) return false;
  const plain = post.type === '' && before.type === '' && !post.metadata?.priority?.priority;
  const sameSender = post.props?.from_webhook === before.props?.from_webhook;
  return plain && sameSender && post.create_at - before.create_at < SAME_AUTHOR_MS && isSameDay(post, before);
}

function isSameDay(post: Post, before: Post): boolean {
  return new Date(post.create_at).toDateString() === new Date(before.create_at).toDateString();
}

function DateSeparator({ time }: { time: number }): React.ReactElement {
  const text = useText();
  const intl = useIntl();
  const now = new Date();
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  const day = new Date(time).toDateString();
  const named =
    day === now.toDateString() ? text('post.today') : day === yesterday.toDateString() ? text('post.yesterday') : '';
  return (
    <div className="DateSeparator">
      <span>
        {named || intl.formatDate(time, { weekday: 'short', month: 'long', day: 'numeric', year: 'numeric' })}
      </span>
    </div>
  );
}

/** Keeps the list at its end while new posts come, unless the reader has scrolled up. */
function useStickyEnd(posts: Post[], highlightId: string) {
  const box = React.useRef<HTMLDivElement>(null);
  const atEnd = React.useRef(true);
  React.useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const stick = () => {
      if (atEnd.current && highlightId === '') element.scrollTop = element.scrollHeight;
    };
    stick();
    const observer = new ResizeObserver(stick);
    for (const child of element.children) observer.observe(child);
    observer.observe(element);
    return () => observer.disconnect();
  }, [highlightId]);
  const present = posts.some((post) => post.id === highlightId);
  React.useEffect(() => {
    if (!present) return;
    box.current?.querySelector(`[data-testid="post-${highlightId}"]`)?.scrollIntoView({ block: 'center' });
  }, [highlightId, present]);
  function onScroll(): void {
    const element = box.current;
    if (element !== null) atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 60;
  }
  return { box, onScroll };
}

/** Posts in order with day separators. */
export function PostList(props: {
  posts: Post[];
  intro?: React.ReactNode;
  isRHS?: boolean;
  highlightId?: string;
}): React.ReactElement {
  const { posts, isRHS = false, highlightId = '' } = props;
  const { box, onScroll } = useStickyEnd(posts, highlightId);
  return (
    <div className="post-list" ref={box} onScroll={onScroll} data-testid={isRHS ? 'rhs-posts' : 'posts'}>
      <div className="post-list__content" role="log" aria-live="polite">
        {props.intro}
        {posts.map((post, at) => {
          const before = posts[at - 1];
          return (
            <React.Fragment key={post.id}>
              {before === undefined || !isSameDay(post, before) ? <DateSeparator time={post.create_at} /> : null}
              <PostView
                post={post}
                isRHS={isRHS}
                consecutive={isConsecutive(post, before)}
                highlighted={post.id === highlightId}
              />
            </React.Fragment>
          );
        })}
      </div>
    </div>
  );
}
