import type { Faults } from '../http/faults.ts';
import type { Outgoing } from '../integrations/outgoing.ts';
import type { TriggerSigner } from '../integrations/trigger.ts';
import type { PluginHost } from '../plugins/plugin-host.ts';
import type { PendingPosts } from '../posts/pending.ts';
import type { Hub } from '../socket/hub.ts';
import type { Blobs } from './blobs.ts';
import type { Config } from './config.ts';
import type { Store } from './store.ts';

/** Everything a route of the emulator works with. */
export interface MattermostState {
  now(): number;
  /** Moves the server's time forward. */
  advance(ms: number): void;
  config: Config;
  store: Store;
  hub: Hub;
  faults: Faults;
  pending: PendingPosts;
  signer: TriggerSigner;
  outgoing: Outgoing;
  blobs: Blobs;
  /** Runs the server parts of plugins. */
  pluginHost: PluginHost;
}
