import { createSessions } from '../api/session.ts';
import { createCommands } from '../commands/commands.ts';
import type { Notice, NoticeRow } from '../core/ports/digests.ts';
import { noticeContext } from '../core/ports/digests.ts';
import { createAdmin } from './admin.ts';
import { createConnect } from './connect.ts';
import type { AppContext } from './context.ts';
import { createNotify } from './notify.ts';

/** The Microsoft page where users withdraw the consent they gave. */
const ACCOUNT_URL = 'https://myapps.microsoft.com';

/** All features over database and edges. Returns what the jobs and the routes take of them. */
export function createFeatures(context: AppContext) {
  const { config, log, clock, edges, store, sealer } = context;
  const { publicUrl, mattermost, microsoft } = config;
  const { tokens, subscriptions, flow, disconnect, deactivatedUsers } = createConnect(context);
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
  const { worker, ready, digests, take, catchUp } = createNotify(context, tokens);
  const common = { user: edges.bot.recentUser, clock, log, publicUrl };
  const administering = createAdmin({
    ...context,
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
