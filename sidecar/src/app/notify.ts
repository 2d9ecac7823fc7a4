import { randomUUID } from 'node:crypto';
import type { Tokens } from '../connect/tokens.ts';
import { createWakeSignal } from '../core/concurrency.ts';
import { requestCatchUp } from '../graph/catch-up/job.ts';
import { membersOfId } from '../graph/resources/members.ts';
import { runDigests } from '../notify/digest-job.ts';
import { createFanOut, createTenantIntake } from '../notify/pipeline/fan-out.ts';
import { createIntakeBuffer } from '../notify/pipeline/intake-buffer.ts';
import { createWorker, WORKER_DEFAULTS } from '../notify/pipeline/worker.ts';
import { createDraft } from '../notify/post/build-post.ts';
import { createNotice } from '../notify/post/notice.ts';
import type { AppContext } from './context.ts';
import { createCatchUpJob, createGraphReaders } from './subscriptions.ts';

/** Beyond this many waiting notifications new ones are refused with 503: Microsoft repeats them for four hours. */
const BACKLOG_LIMIT = 1_000_000;

/** From the webhook to the inbox, and from the inbox to the post; digests and catch-up. */
export function createNotify(context: AppContext, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, log, clock, edges, store, metrics, sealer, holder } = context;
  const { bot } = edges;
  const { teamsUrl } = config.microsoft;
  const reading = createGraphReaders(context, tokens);
  const {
    chats: { chat },
    presence,
    picture,
    snippet,
    openFile,
  } = reading;
  const ready = createWakeSignal(clock.sleep);
  const { put } = createIntakeBuffer({ inbox: store.inbox, wake: ready.wake, clock, limit: BACKLOG_LIMIT });
  const connectionsAmong = store.connections.among;
  const worker = createWorker({
    inbox: store.inbox,
    deliveries: store.deliveries,
    mattermost: bot,
    clock,
    log,
    metrics,
    holder,
    presence,
    settings: { ...WORKER_DEFAULTS, leaseMs: config.leaseMs },
    open: reading.decryptMessage,
    fanOut: createFanOut({ open: reading.decryptMessage, members: reading.members.of, connectionsAmong, put }),
    recipients: store.recipients,
    user: bot.recentUser,
    chat,
    digests: store.digests,
    notice: createNotice({ chat, sealer, teamsUrl }),
    draft: createDraft({
      chat,
      picture,
      snippet,
      upload: bot.upload,
      teamsUrl,
      openFile,
      uploadStream: bot.uploadStream,
    }),
    recordError: store.connections.recordError,
    requestCatchUp: (owner) => requestCatchUp({ ...store, clock }, owner),
    ready,
    random: Math.random,
    randomId: randomUUID,
  });
  const digests = (signal: AbortSignal) =>
    runDigests(
      {
        digests: store.digests,
        connection: store.connections.find,
        user: bot.recentUser,
        mattermost: bot,
        sealer,
        clock,
        random: Math.random,
        log,
      },
      signal,
    );
  const take = createTenantIntake({ membersOfId, connectionsAmong, put });
  return { worker, ready, digests, take, catchUp: createCatchUpJob(context, reading, put) };
}
