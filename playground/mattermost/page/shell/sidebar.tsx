import React from 'react';
import { Link } from 'react-router-dom';
import { useText } from '../i18n/text.ts';
import { UserAvatar } from '../parts/avatar.tsx';
import { useApp, useAppDispatch } from '../parts/context.ts';
import { IconButton } from '../parts/controls.tsx';
import { Icon } from '../parts/icons.tsx';
import { openModal } from '../parts/modals.tsx';
import { Pluggable } from '../parts/pluggable.tsx';
import { channelPath, channelTitle, directPartner } from '../store/selectors.ts';
import type { AppState, Channel } from '../types.ts';
import { PeopleModal } from './people.tsx';

function isDirectShown(state: AppState, channel: Channel): boolean {
  if (channel.type !== 'D' && channel.type !== 'G') return false;
  const { currentChannelId } = state.entities.channels;
  return channel.last_post_at > 0 || (channel.total_msg_count ?? 0) > 0 || channel.id === currentChannelId;
}

function inTeam(state: AppState, channel: Channel): boolean {
  return channel.team_id === state.entities.teams.currentTeamId && channel.delete_at === 0;
}

interface Unread {
  unread: boolean;
  mentions: number;
}

function unreadOf(state: AppState, channel: Channel): Unread {
  const member = state.entities.channels.myMembers[channel.id];
  const total = state.entities.channels.messageCounts[channel.id]?.total ?? 0;
  const mentions = member?.mention_count ?? 0;
  return { unread: mentions > 0 || (member !== undefined && total > member.msg_count), mentions };
}

function ChannelIcon({ channel }: { channel: Channel }): React.ReactElement {
  const partner = useApp(
    (state) => state.entities.users.profiles[directPartner(channel, state.entities.users.currentUserId)],
  );
  const status = useApp((state) => state.entities.users.statuses[partner?.id ?? ''] ?? 'offline');
  if (channel.type !== 'D') return <Icon name={channel.type === 'P' ? 'lock' : 'globe'} size={16} />;
  return (
    <span className="status-wrapper">
      <UserAvatar user={partner} size="xs" />
      {partner?.is_bot ? null : <span className={`status status--${status}`} />}
    </span>
  );
}

function ChannelLink({ channel, onOpen }: { channel: Channel; onOpen: () => void }): React.ReactElement {
  const text = useText();
  const path = useApp((state) => channelPath(state, channel));
  const title = useApp((state) => channelTitle(state, channel));
  const active = useApp((state) => state.entities.channels.currentChannelId === channel.id);
  const mentions = useApp((state) => unreadOf(state, channel).mentions);
  const unread = useApp((state) => unreadOf(state, channel).unread);
  const classes = ['SidebarLink', active ? 'active' : '', unread && !active ? 'unread-title' : ''];
  return (
    <li>
      <Link
        to={path}
        className={classes.join(' ')}
        aria-current={active ? 'page' : undefined}
        data-testid={`channel-${channel.type === 'D' ? title : channel.name}`}
        onClick={onOpen}
      >
        <ChannelIcon channel={channel} />
        <span className="SidebarChannelLinkLabel">{title}</span>
        {mentions > 0 && !active ? (
          <span
            className="badge"
            role="img"
            aria-label={text('sidebar.mentions', { count: mentions })}
            data-testid="unread-badge"
          >
            {mentions}
          </span>
        ) : null}
      </Link>
    </li>
  );
}

function Category(props: {
  title: string;
  channels: Channel[];
  onOpen: () => void;
  extra?: React.ReactNode;
}): React.ReactElement {
  return (
    <section className="SidebarChannelGroup">
      <div className="SidebarChannelGroupHeader">
        <Icon name="chevron" size={14} />
        <h2>{props.title}</h2>
        {props.extra}
      </div>
      <ul>
        {props.channels.map((channel) => (
          <ChannelLink key={channel.id} channel={channel} onOpen={props.onOpen} />
        ))}
      </ul>
    </section>
  );
}

function useChannels(filter: (state: AppState, channel: Channel) => boolean): Channel[] {
  const ids = useApp((state) =>
    Object.values(state.entities.channels.channels)
      .filter((channel) => filter(state, channel))
      .sort((one, other) => channelTitle(state, one).localeCompare(channelTitle(state, other)))
      .map((channel) => channel.id)
      .join(' '),
  );
  const channels = useApp((state) => state.entities.channels.channels);
  return ids.split(' ').flatMap((id) => channels[id] ?? []);
}

/** The list of channels and direct messages of the team. */
export function Sidebar({ open, onClose }: { open: boolean; onClose: () => void }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  const teamName = useApp(
    (state) => state.entities.teams.teams[state.entities.teams.currentTeamId]?.display_name ?? '',
  );
  const channels = useChannels(inTeam);
  const direct = useChannels(isDirectShown);
  const write = () => void dispatch(openModal({ modalId: 'people', dialogType: PeopleModal }));
  return (
    <nav
      className={open ? 'SidebarContainer open' : 'SidebarContainer'}
      aria-label={text('sidebar.channels')}
      id="lhsNavigator"
    >
      <div className="SidebarHeader">
        <span className="SidebarHeader__title">{teamName}</span>
        <IconButton
          icon="plus"
          label={text('sidebar.newDirect')}
          onClick={write}
          className="SidebarHeader__add"
          testId="new-direct"
        />
      </div>
      <Pluggable slot="LeftSidebarHeader" />
      <div className="SidebarChannels">
        <Category title={text('sidebar.channels')} channels={channels} onOpen={onClose} />
        <Category title={text('sidebar.direct')} channels={direct} onOpen={onClose} />
      </div>
    </nav>
  );
}

/** The narrow column of teams, shown when there is more than one. */
export function TeamSidebar(): React.ReactElement | null {
  const text = useText();
  const teams = useApp((state) => state.entities.teams.teams);
  const currentId = useApp((state) => state.entities.teams.currentTeamId);
  const list = Object.values(teams).filter((team) => team.delete_at === 0);
  if (list.length < 2) return null;
  return (
    <nav className="team-sidebar" aria-label={text('sidebar.teams')}>
      {list.map((team) => (
        <Link
          key={team.id}
          to={`/${team.name}/channels/town-square`}
          className={team.id === currentId ? 'team-btn active' : 'team-btn'}
          aria-label={team.display_name}
          aria-current={team.id === currentId ? 'true' : undefined}
          title={team.display_name}
          data-testid={`team-${team.name}`}
        >
          {team.display_name.slice(0, 2)}
        </Link>
      ))}
      <Pluggable slot="BottomTeamSidebar" />
    </nav>
  );
}
