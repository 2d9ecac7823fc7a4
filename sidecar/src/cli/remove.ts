import { randomUUID } from 'node:crypto';
import { openEdges } from '../app/adapters.ts';
import { createConnecting } from '../app/connect.ts';
import type { Config } from '../config/config.ts';
import { keysFrom } from '../config/key-file.ts';
import { inParallel } from '../core/concurrency.ts';
import { createSealer } from '../core/encryption.ts';
import type { Log } from '../core/log.ts';
import { systemClock } from '../core/time.ts';
import type { Connection } from '../core/types.ts';
import { createActionSigner } from '../mattermost/inbound/action-signing.ts';
import { createMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';

export interface RemoveOptions {
  config: Config;
  log: Log;
  /** Takes one line of progress. */
  print(line: string): void;
}

const PAGE = 500;
const WIDTH = 8;
const clock = systemClock;

/**
 * `msteams-connect remove --all`: disconnects everybody as `/msteams disconnect` does, with the subscriptions at Microsoft, the tokens,
 * the queued work and the sign-ins under way. May be run again. Errors: those of the database; with the embedded one `database_locked`
 * while the sidecar runs.
 */
export async function removeAll({ config, log, print }: RemoveOptions): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log });
  stack.defer(() => store.close());
  const sealer = createSealer(config.encryptionKeys ?? keysFrom(config.dataDir));
  const metrics = createMetrics(
    {
      connections: store.connections.count,
      subscriptions: store.subscriptions.count,
      backlog: () => store.inbox.backlog(),
      credentialProblem: () => edges.credentialProblem() !== null,
    },
    clock.now,
  );
  const signer = createActionSigner(sealer, clock);
  const edges = openEdges({ config, log, clock, metrics, sealer, signer, store });
  stack.defer(() => edges.close());
  const parts = { config, log, clock, edges, store, metrics, sealer, holder: randomUUID() };
  const { disconnect, feed } = createConnecting(parts);
  await disconnectAll(store, disconnect, print);
  await feed.stopTenant();
  await store.signIns.purge(Number.MAX_SAFE_INTEGER);
}

async function disconnectAll(
  { connections }: Pick<Store, 'connections'>,
  disconnect: (userId: string) => Promise<boolean>,
  print: (line: string) => void,
): Promise<void> {
  const total = await connections.count();
  print(total === 0 ? 'Nobody is connected.' : `Disconnecting ${total} connected users.`);
  const step = Math.max(1, Math.ceil(total / 20));
  let done = 0;
  for (;;) {
    const page: Connection[] = await connections.list({ afterId: null, limit: PAGE });
    if (page.length === 0) break;
    await inParallel(page, { width: WIDTH }, async ({ userId }) => {
      await disconnect(userId);
      done += 1;
      if (done % step === 0) print(`${done} of ${total} disconnected.`);
    });
  }
  print(
    'Nobody is connected any more. A subscription that Microsoft could not be told of (see the log) ends there within three days.',
  );
}
