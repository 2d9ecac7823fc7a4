import React from 'react';
import { useText } from '../i18n/text.ts';
import { renderMarkdown } from '../markdown/render.tsx';
import { BotBadge, UserAvatar } from '../parts/avatar.tsx';
import { PluginBoundary } from '../parts/boundary.tsx';
import { useApp, useAppStore } from '../parts/context.ts';
import { Menu } from '../parts/controls.tsx';
import { Pluggable } from '../parts/pluggable.tsx';
import { channelTitle, componentsIn, directPartner } from '../store/selectors.ts';
import type { Channel, PluginComponent } from '../types.ts';

type Action = (channel: unknown, member: unknown) => void;

/** Runs a button's action as Mattermost does: with the channel and the user's membership of it. */
export function usePress(): (entry: PluginComponent) => void {
  const store = useAppStore();
  return (entry) => {
    const { channels, myMembers, currentChannelId } = store.getState().entities.channels;
    (entry.action as Action | undefined)?.(channels[currentChannelId], myMembers[currentChannelId]);
  };
}

/** What a plugin gave as icon: an element or an address. */
export function EntryIcon({ entry }: { entry: PluginComponent }): React.ReactElement {
  const { icon, iconUrl } = entry;
  if (typeof iconUrl === 'string') return <img src={iconUrl} alt="" width={24} height={24} />;
  return <PluginBoundary pluginId={entry.pluginId}>{icon as React.ReactNode}</PluginBoundary>;
}

/** The words of a button, for its tooltip and screen readers. */
export function entryLabel(entry: PluginComponent): string {
  const words = [entry.tooltipText, entry.dropdownText, entry.text].find((each) => typeof each === 'string');
  return typeof words === 'string' ? words : entry.pluginId;
}

function Buttons(): React.ReactElement | null {
  // With the app bar on, header buttons move there; Mattermost shows them here only without it.
  const off = useApp((state) => state.entities.general.config.DisableAppBar === 'true');
  const entries = useApp(componentsIn('ChannelHeaderButton'));
  const press = usePress();
  if (!off) return null;
  return (
    <>
      {entries.map((entry) => (
        <button
          key={entry.id}
          type="button"
          className="IconButton"
          aria-label={entryLabel(entry)}
          title={entryLabel(entry)}
          data-testid={`channel-button-${entry.pluginId}`}
          onClick={() => press(entry)}
        >
          <EntryIcon entry={entry} />
        </button>
      ))}
    </>
  );
}

function HeaderMenu({ channel }: { channel: Channel }): React.ReactElement | null {
  const text = useText();
  const store = useAppStore();
  const entries = useApp(componentsIn('ChannelHeader')).filter((entry) => {
    const { shouldRender } = entry;
    return typeof shouldRender !== 'function' || (shouldRender as (state: unknown) => boolean)(store.getState());
  });
  if (entries.length === 0) return null;
  const items = entries.map((entry) => ({
    key: entry.id,
    text: entry.text as React.ReactNode,
    onSelect: () => (entry.action as (channelId: string) => void)(channel.id),
  }));
  return <Menu icon="chevron" label={text('header.more')} entries={items} testId="channel-menu" />;
}

/** The title line of the channel with the plugins' buttons. */
export function ChannelHeader({ channel }: { channel: Channel }): React.ReactElement {
  const title = useApp((state) => channelTitle(state, channel));
  const partner = useApp((state) =>
    channel.type === 'D'
      ? state.entities.users.profiles[directPartner(channel, state.entities.users.currentUserId)]
      : undefined,
  );
  return (
    <div className="channel-header">
      {partner === undefined ? null : <UserAvatar user={partner} size="sm" />}
      <h1 className="channel-header__title">{title}</h1>
      {partner?.is_bot ? <BotBadge /> : null}
      <HeaderMenu channel={channel} />
      <div className="channel-header__description">{channel.header ? renderMarkdown(channel.header) : null}</div>
      <Pluggable slot="ChannelHeaderIcon" />
      <Buttons />
    </div>
  );
}
