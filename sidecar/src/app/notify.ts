import { randomUUID } from 'node:crypto';
import { createSessions } from '../api/session.ts';
import { createCommands } from '../commands/commands.ts';
import type { Tokens } from '../connect/tokens.ts';
import { createWakeSignal } from '../core/concurrency.ts';
import type { Notice, NoticeRow } from '../core/ports/digests.ts';
import { noticeContext } from '../core/ports/digests.ts';
import { requestCatchUp } from '../graph/catch-up/job.ts';
import { membersOfId } from '../graph/resources/members.ts';
import { runDigests } from '../notify/digest-job.ts';
import { createFanOut, createTenantIntake } from '../notify/pipeline/fan-out.ts';
import { createIntakeBuffer } from '../notify/pipeline/intake-buffer.ts';
import { createWorker, WORKER_DEFAULTS } from '../notify/pipeline/worker.ts';
import { createDraft } from '../notify/post/build-post.ts';
import { createNotice } from '../notify/post/notice.ts';
import { createAdministering } from './admin.ts';
import { createConnecting } from './connect.ts';
import type { FeatureParts } from './context.ts';
import { createCatchingUp, createReading } from './subscriptions.ts';

/** Beyond this many waiting notifications new ones are refused with 503: Microsoft keeps them for four hours. */
const BACKLOG_LIMIT = 1_000_000;
/** Where people withdraw what they consented to. */
const ACCOUNT_URL = 'https://myapps.microsoft.com';

/** The features over store and edges, each given the few verbs it asks for, and what the routes need of them. */
export function createFeatures(parts: FeatureParts) {
  const { config, log, clock, edges, store, sealer } = parts;
  const { publicUrl, mattermost, microsoft } = config;
  const { tokens, subscriptions, flow, disconnect, deactivatedUsers } = createConnecting(parts);
  const { connections } = store;
  const notice = (userId: string, row: NoticeRow): Notice =>
    JSON.parse(sealer.open(row.notice, noticeContext({ ...row, userId })));
  const commands = createCommands({
    connections,
    notices: store.notices,
    notice,
    sealer,
    disconnect,
    clock,
    startLink: flow.startLink,
    accountUrl: ACCOUNT_URL,
    accountFirst: { confirm: flow.confirmAccountFirst, decline: flow.declineAccountFirst },
    subscriptions: store.subscriptions,
  });
  const botChat = { listen: edges.listenForDirectMessages, user: edges.bot.recentUser, bot: edges.bot, commands, log };
  const sessions = createSessions({ sealer, publicUrl, clock });
  const { worker, ready, digests, take, catchUp } = createNotifying(parts, tokens);
  const common = { user: edges.bot.recentUser, clock, log, publicUrl };
  const administering = createAdministering({
    ...parts,
    disconnect,
    tokenFor: tokens.tokenFor,
    explain: commands.explain,
    wake: ready.wake,
  });
  return {
    subscriptions,
    worker,
    ready,
    deactivatedUsers,
    catchUp,
    digests,
    botChat,
    invitations: administering.invitations,
    teams: administering.teams,
    webhook: {
      subscription: subscriptions.find,
      verifyTokens: edges.graph.verifyTokens,
      put: take,
      lifecycle: subscriptions.onLifecycle,
    },
    connect: {
      flow,
      pages: { mattermostUrl: mattermost.url, clientId: microsoft.clientId },
    },
    mattermost: { ...common, run: commands.run, act: commands.act, explain: commands.explain, session: sessions.grant },
    api: {
      ...common,
      sessions,
      connections,
      startLink: flow.startLink,
      disconnect,
      commands,
      mattermostUrl: mattermost.url,
      admin: administering.routes,
      notices: store.notices,
      notice,
      botUserId: async () => (await edges.bot.me()).id,
    },
  };
}

/** The way from the webhook to the inbox, and from the inbox to the post. */
function createNotifying(parts: FeatureParts, tokens: Pick<Tokens, 'tokenFor'>) {
  const { config, log, clock, edges, store, metrics, sealer, holder } = parts;
  const { bot } = edges;
  const { teamsUrl } = config.microsoft;
  const reading = createReading(parts, tokens);
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
  return { worker, ready, digests, take, catchUp: createCatchingUp(parts, reading, put) };
}
