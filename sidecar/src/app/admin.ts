import { replaceAllowList } from '../admin/allow-list.ts';
import { createChecks, runChecks } from '../admin/checks/checks.ts';
import { createConnectedUsers } from '../admin/connected-users.ts';
import { createDeadLetterActions } from '../admin/dead-letters.ts';
import { createInvitations, invitationCandidates } from '../admin/invitations.ts';
import { readOverview } from '../admin/overview.ts';
import { runTeams } from '../admin/teams.ts';
import { testReply } from '../admin/test-message.ts';
import type { AdminDeps } from '../api/admin-routes.ts';
import type { ChecksRequest } from '../api/admin-schema.ts';
import type { ErrorCode } from '../core/errors.ts';
import { checkPorts } from './checks.ts';
import type { AppContext } from './context.ts';

export interface AdminSources extends AppContext {
  /** An access token of that connection. */
  tokenFor(connectionId: string): Promise<string>;
  /** False when there was no connection. */
  disconnect(userId: string): Promise<boolean>;
  explain(code: ErrorCode, locale: string): string;
  /** Wakes the worker of the queue. */
  wake(): void;
}

/** Everything for administrators: the System Console's verbs, invitations, and the slash command of later teams. */
export function createAdmin(parts: AdminSources) {
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
    candidates: () =>
      invitationCandidates({
        allowList: store.allowList,
        userByEmail: edges.bot.userByEmail,
        people: mattermost.people,
      }),
  });
  const command = { url: `${config.publicUrl}/mattermost/command`, token: config.mattermost.commandToken };
  return {
    invitations: async () => void (await invitations.runWave()),
    teams: async () => void (await runTeams({ mattermost, command, log })),
    routes: routes(parts, invitations),
  };
}

function routes(parts: AdminSources, invitations: ReturnType<typeof createInvitations>): AdminDeps {
  const { config, edges, store, clock, wake } = parts;
  const mattermost = edges.administration;
  const users = createConnectedUsers({
    reports: store.reports,
    connections: store.connections,
    disconnect: parts.disconnect,
    explain: parts.explain,
    searchUsers: mattermost.searchUsers,
    usersByIds: edges.bot.usersByIds,
  });
  const deadLetters = createDeadLetterActions({ deadLetters: store.deadLetters, wake, clock });
  return {
    isAdministrator: async (userId) => (await mattermost.roles(userId)).includes('system_admin'),
    checks: ({ locale }, seen) => runChecks(createChecks(seenFrom(parts, seen), locale)),
    overview: async () => ({
      ...(await readOverview(store, clock.now())),
      invitations: await invitations.view(),
      maximum: config.maxConnections,
    }),
    connections: users.page,
    report: users.report,
    disconnect: users.disconnect,
    allowList: store.allowList.all,
    replaceAllowList: (text) => replaceAllowList(store.allowList, text),
    setInvitations: invitations.setCap,
    sendTest: ({ userId, locale }) => edges.bot.send(userId, testReply(locale)),
    deadLetters: deadLetters.list,
    replay: deadLetters.replay,
  };
}

/** The checks with what the administrator's browser saw; that it could ask at all proves the way of the slash command. */
function seenFrom(parts: AdminSources, { teams, commands, plugins }: ChecksRequest) {
  const { config, clock, edges, store, sealer, tokenFor } = parts;
  const view = checkPorts({
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
