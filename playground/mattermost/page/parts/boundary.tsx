import React from 'react';

interface Props {
  pluginId: string;
  children: React.ReactNode;
}

/** Keeps a plugin component that throws from taking the page with it, as Mattermost's own boundary does. */
export class PluginBoundary extends React.Component<Props, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): React.ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <span className="PluginError" role="alert">
        An error occurred in the {this.props.pluginId} plugin.
      </span>
    );
  }
}
