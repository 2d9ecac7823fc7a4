import React from 'react';
import { Redirect, useLocation } from 'react-router-dom';
import { useText } from '../i18n/text.ts';
import { useApp, useAppStore } from '../parts/context.ts';
import { Pluggable } from '../parts/pluggable.tsx';
import { AppBar } from '../shell/app-bar.tsx';
import { ConnectionBanner, GlobalHeader } from '../shell/global-header.tsx';
import { RightHandSide } from '../shell/rhs.tsx';
import { Sidebar, TeamSidebar } from '../shell/sidebar.tsx';
import { isCompact } from '../store/selectors.ts';
import { ChannelScreen } from './channel.tsx';
import { type Place, resolvePlace } from './place.ts';

function usePlace(path: string): Place | null {
  const store = useAppStore();
  const [place, setPlace] = React.useState<Place | null>(null);
  React.useEffect(() => {
    let current = true;
    resolvePlace(store, path)
      .catch((): Place => ({ kind: 'missing' }))
      .then((found) => {
        if (current) setPlace(found);
      })
      .catch(console.error);
    return () => {
      current = false;
    };
  }, [store, path]);
  return place;
}

function Centre({ path }: { path: string }): React.ReactElement {
  const text = useText();
  const place = usePlace(path);
  const channel = useApp((state) => state.entities.channels.channels[place?.kind === 'channel' ? place.channelId : '']);
  if (place?.kind === 'redirect') return <Redirect to={place.path} />;
  if (place?.kind === 'channel' && channel !== undefined) {
    return <ChannelScreen key={channel.id} channel={channel} highlightId={place.postId} />;
  }
  return (
    <main className="app__content app__content--empty">
      {place === null ? text('page.loading') : text('page.missing')}
    </main>
  );
}

/** A plugin's own page below a team, when the path names one. */
function useTeamRoute(path: string) {
  const entries = useApp((state) => state.plugins.components.NeedsTeamComponent) ?? [];
  const rest = path.split('/').slice(2).join('/');
  return entries.find((entry) => rest === entry.route || rest.startsWith(`${String(entry.route)}/`));
}

/** The channels product: header, teams, channels, centre, right-hand side, app bar. */
export function Workspace(): React.ReactElement {
  const { pathname } = useLocation();
  const [sidebarOpen, setSidebarOpen] = React.useState(false);
  const route = useTeamRoute(pathname);
  const compact = useApp(isCompact);
  return (
    <div className={compact ? 'workspace workspace--compact' : 'workspace'}>
      <ConnectionBanner />
      <GlobalHeader onToggleSidebar={() => setSidebarOpen(!sidebarOpen)} />
      <div className="main-wrapper">
        {sidebarOpen ? (
          <button
            type="button"
            className="sidebar-backdrop"
            aria-hidden="true"
            tabIndex={-1}
            onClick={() => setSidebarOpen(false)}
          />
        ) : null}
        <div className={sidebarOpen ? 'lhs open' : 'lhs'}>
          <TeamSidebar />
          <Sidebar open={sidebarOpen} onClose={() => setSidebarOpen(false)} />
        </div>
        {route === undefined ? <Centre path={pathname} /> : <Pluggable slot="NeedsTeamComponent" id={route.id} />}
        <RightHandSide />
        <AppBar />
      </div>
      <Pluggable slot="Root" />
    </div>
  );
}
