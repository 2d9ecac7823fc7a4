import { createConnect } from '../app/connect.ts';
import { openContext } from '../app/context.ts';
import type { Config } from '../config/config.ts';
import { inParallel } from '../core/concurrency.ts';
import type { Connection } from '../core/types.ts';
import { createLog } from '../logger.ts';
import type { Store } from '../store/store.ts';
import { runSteps } from './progress.ts';
import { print } from './prompt.ts';

const PAGE = 500;
/** Users disconnected at the same time; the limiter keeps Microsoft's limits. */
const WIDTH = 8;

/**
 * `remove --all`: disconnects all users as `/msteams disconnect` does, with the subscriptions at Microsoft, the tokens, the queued
 * notifications and the pending sign-ins. May be run again.
 * @throws {AppError} database_locked while the sidecar runs over the embedded database, database_*
 */
export async function removeAll(config: Config): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const context = await openContext({ config, log: createLog('warn') }, stack);
  const { disconnect, subscriptions } = createConnect(context);
  const { connections, signIns } = context.store;
  const total = await connections.count();
  print(total === 0 ? 'Nobody is connected.' : `Disconnecting ${total} connected users.`);
  await runSteps([
    {
      title: 'Disconnect users',
      run: async (report) => {
        const every = Math.max(1, Math.ceil(total / 20));
        await disconnectAll(connections, disconnect, (done) => {
          if (done % every === 0) report(`${done} of ${total} disconnected.`);
        });
      },
    },
    { title: 'End the subscription of the tenant', run: () => subscriptions.stopTenant() },
    { title: 'Forget pending sign-ins', run: async () => void (await signIns.purge(Number.MAX_SAFE_INTEGER)) },
  ]);
  print(
    'Nobody is connected any more. A subscription that Microsoft could not be told of (see the log) ends there within three days.',
  );
}

/** Pages from the start each time: a disconnected user is gone from the list. */
async function disconnectAll(
  connections: Store['connections'],
  disconnect: (userId: string) => Promise<boolean>,
  onDone: (done: number) => void,
): Promise<void> {
  let done = 0;
  for (;;) {
    const page: Connection[] = await connections.list({ afterId: null, limit: PAGE });
    if (page.length === 0) return;
    await inParallel(page, { width: WIDTH }, async ({ userId }) => {
      await disconnect(userId);
      done += 1;
      onDone(done);
    });
  }
}
