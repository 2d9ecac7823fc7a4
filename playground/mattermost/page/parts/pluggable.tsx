import React from 'react';
import { componentsIn } from '../store/selectors.ts';
import { PluginBoundary } from './boundary.tsx';
import { SocketContext, useApp } from './context.ts';
import { currentTheme } from './theme.ts';

/** Renders every component of a slot (or the one with the given id) with `{theme, webSocketClient}` and the slot's props. */
export function Pluggable(props: { slot: string; id?: string; given?: Record<string, unknown> }): React.ReactElement {
  const entries = useApp(componentsIn(props.slot));
  const theme = useApp(currentTheme);
  const webSocketClient = React.useContext(SocketContext);
  const wanted = entries.filter((entry) => props.id === undefined || entry.id === props.id);
  return (
    <>
      {wanted.map((entry) =>
        entry.component === undefined ? null : (
          <PluginBoundary key={entry.id} pluginId={entry.pluginId}>
            <entry.component {...props.given} theme={theme} webSocketClient={webSocketClient} />
          </PluginBoundary>
        ),
      )}
    </>
  );
}
