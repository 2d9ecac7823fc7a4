import React from 'react';
import { type RenderOptions, renderMarkdown } from '../markdown/render.tsx';
import { useApp } from '../parts/context.ts';
import { Pluggable } from '../parts/pluggable.tsx';
import { browserHistory } from '../plugins/history.ts';
import { componentsIn, currentUser } from '../store/selectors.ts';

/** Links of this site move the page's own router; hashtags would search, which this page cannot. */
export function followInternal(event: React.MouseEvent<HTMLElement>): void {
  const link = (event.target as Element).closest('a');
  if (link === null || event.defaultPrevented) return;
  if (link.dataset.hashtag !== undefined) {
    event.preventDefault();
  } else if (link.dataset.internal === 'true' && !event.metaKey && !event.ctrlKey) {
    event.preventDefault();
    browserHistory().push(link.pathname + link.search + link.hash);
  }
}

function useTooltip() {
  const hasTooltips = useApp((state) => componentsIn('LinkTooltip')(state).length > 0);
  const [href, setHref] = React.useState('');
  function onMouseOver(event: React.MouseEvent): void {
    if (hasTooltips) setHref((event.target as Element).closest('a')?.getAttribute('href') ?? '');
  }
  const tooltip =
    href === '' ? null : (
      <div className="LinkTooltip">
        <Pluggable slot="LinkTooltip" given={{ href, show: true }} />
      </div>
    );
  return { onMouseOver, onMouseLeave: () => setHref(''), tooltip };
}

/** Text from a post, its own mentions highlighted and links of this site kept in the page. */
export function PostMarkdown({ text, options }: { text: string; options?: RenderOptions }): React.ReactElement {
  const username = useApp((state) => currentUser(state)?.username ?? '');
  const { tooltip, ...mouse } = useTooltip();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the links inside are the controls; this only catches their clicks.
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link arrives as its click.
    <div className="post-message__text" onClick={followInternal} {...mouse}>
      {renderMarkdown(text, { mentionKeys: [username.toLowerCase()], ...options })}
      {tooltip}
    </div>
  );
}
