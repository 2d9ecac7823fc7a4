import { parseAllowList } from '../admin/allow-list.ts';
import { createChecks, runChecks } from '../admin/checks/checks.ts';
import { createConnectedUsers } from '../admin/connected-users.ts';
import type { Candidate } from '../admin/invitations.ts';
import { createInvitations } from '../admin/invitations.ts';
import { runTeams } from '../admin/teams.ts';
import { testReply } from '../admin/test-message.ts';
import type { AdminDeps } from '../api/admin-routes.ts';
import type { ChecksRequest, OverviewResponse } from '../api/admin-schema.ts';
import type { ErrorCode } from '../core/errors.ts';
import { languageOf } from '../core/i18n.ts';
import { SUBSCRIPTION_QUOTA } from '../core/microsoft-graph.ts';
import type { Administration } from '../core/ports/mattermost-administration.ts';
import { HOUR } from '../core/time.ts';
import { inspectionOf } from './checks.ts';
import type { FeatureParts } from './context.ts';

export interface AdministeringParts extends FeatureParts {
  /** An access token of that connection. */
  tokenFor(connectionId: string): Promise<string>;
  /** False when there was no connection. */
  disconnect(userId: string): Promise<boolean>;
  explain(code: ErrorCode, locale: string): string;
  /** Wakes whoever works off the queue. */
  wake(): void;
}

const HOURS = 7 * 24;
const LETTERS = 100;

/** Everything for administrators: the System Console's verbs, invitations, and the slash command of later teams. */
export function createAdministering(parts: AdministeringParts) {
  const { config, log, clock, edges, store } = parts;
  const mattermost = edges.administration;
  const invitations = createInvitations({
    installationState: store.installationState,
    invitations: store.invitations,
    connections: store.connections,
    clock,
    log,
    send: edges.bot.send,
    maximum: config.maxConnections,
    candidates: () => candidates(parts, mattermost),
  });
  const command = { url: `${config.publicUrl}/mattermost/command`, token: config.mattermost.commandToken };
  return {
    invitations: async () => void (await invitations.runWave()),
    teams: async () => void (await runTeams({ mattermost, command, log })),
    routes: routes(parts, invitations),
  };
}

function routes(parts: AdministeringParts, invitations: ReturnType<typeof createInvitations>): AdminDeps {
  const { edges, store, clock } = parts;
  const mattermost = edges.administration;
  const users = createConnectedUsers({
    reports: store.reports,
    explain: parts.explain,
    searchUsers: mattermost.searchUsers,
    usersByIds: edges.bot.usersByIds,
  });
  return {
    isAdministrator: async (userId) => (await mattermost.roles(userId)).includes('system_admin'),
    checks: ({ locale }, seen) => runChecks(createChecks(seenFrom(parts, seen), languageOf(locale))),
    overview: () => overview(parts, invitations),
    connections: users.page,
    report: users.report,
    disconnect: async (id) => {
      const connection = await store.connections.find(id);
      return connection !== null && parts.disconnect(connection.userId);
    },
    allowList: store.allowList.all,
    replaceAllowList: async (text) => {
      const { emails, errors } = parseAllowList(text);
      if (errors.length === 0) await store.allowList.replace(emails);
      return { count: errors.length === 0 ? emails.length : await store.allowList.count(), errors };
    },
    setInvitations: invitations.setCap,
    sendTest: ({ userId, locale }) => edges.bot.send(userId, testReply(locale)),
    deadLetters: async () =>
      (await store.deadLetters.list(LETTERS)).map(({ id, diedAt, reason, attempts }) => ({
        id,
        diedAt,
        reason,
        attempts,
      })),
    replay: async () => {
      let count = 0;
      for (const { id } of await store.deadLetters.list(LETTERS)) {
        if (await store.deadLetters.replay(id, clock.now())) count += 1;
      }
      if (count > 0) parts.wake();
      return count;
    },
  };
}

/** The checks with what the administrator's browser saw; that it could ask at all proves the way of the slash command. */
function seenFrom(parts: AdministeringParts, { teams, commands, plugins }: ChecksRequest) {
  const { config, clock, edges, store, sealer, tokenFor } = parts;
  const view = inspectionOf({
    config,
    clock,
    store,
    sealer,
    tokenFor,
    mattermost: edges.administration,
    entra: edges.entra,
    running: async () => true,
  });
  const administrator = {
    teams: async () => teams,
    commands: async (teamId: string) => commands.filter((command) => command.teamId === teamId),
    pluginStatuses: async () => plugins,
  };
  return { ...view, administrator, commandProven: true };
}

async function overview(
  { config, clock, store }: AdministeringParts,
  invitations: ReturnType<typeof createInvitations>,
): Promise<OverviewResponse> {
  const last = Math.floor(clock.now() / HOUR) * HOUR;
  const since = last - (HOURS - 1) * HOUR;
  const [connections, subscriptions, deadLetters, allowed, counted, invited] = await Promise.all([
    store.connections.count(),
    store.subscriptions.count(),
    store.deadLetters.count(),
    store.allowList.count(),
    store.reports.deliveriesPerHour(since),
    invitations.view(),
  ]);
  const counts = new Map(counted.map(({ at, count }) => [at, count]));
  const hours = Array.from({ length: HOURS }, (_, index) => {
    const at = since + index * HOUR;
    return { at, count: counts.get(at) ?? 0 };
  });
  const limits = { maximum: config.maxConnections, subscriptionLimit: SUBSCRIPTION_QUOTA };
  return { connections, subscriptions, deadLetters, allowed, hours, invitations: invited, ...limits };
}

async function* candidates(
  { store, edges }: AdministeringParts,
  mattermost: Administration,
): AsyncGenerator<Candidate> {
  const emails = await store.allowList.all();
  for (const email of emails) {
    const user = await edges.bot.userByEmail(email);
    if (user) yield user;
  }
  if (emails.length > 0) return;
  for (let page = 0; ; page += 1) {
    const { users, isLast } = await mattermost.people(page);
    if (isLast) return;
    yield* users;
  }
}
