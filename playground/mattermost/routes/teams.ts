import type { FastifyInstance } from 'fastify';
import { flag, idParam, objectBody, paging, param, query, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, missing } from '../http/errors.ts';
import { type Actor, actor, adminActor, ownUserParam, userParam } from '../http/session.ts';
import type { Team } from '../state/model.ts';
import { addTeam, joinTeam, teamsOf } from '../state/people.ts';
import { hasRole, isAdmin, isTeamMember } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

/** Teams and who is in them. */
export function teamRoutes(app: FastifyInstance, state: MattermostState): void {
  teamLists(app, state);
  memberRoutes(app, state);
  roleRoutes(app, state);
}

/** The team, if it exists and the session may see it. */
export function visibleTeam(state: MattermostState, who: Actor, teamId: string): Team {
  const team = state.store.teams.get(teamId);
  if (!team) throw missing('app.team.get.find.app_error', 'team');
  const isOpen = team.type === 'O' && team.allow_open_invite && !hasRole(who.user.roles, 'system_guest');
  if (!isOpen && !isTeamMember(state.store, who.user, teamId) && !isAdmin(who.user)) throw forbidden('view_team');
  return team;
}

function teamLists(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/teams', async (request) => {
    const who = actor(state, request);
    const isGuest = hasRole(who.user.roles, 'system_guest');
    const teams = [...store.teams.values()].filter(
      (team) => isAdmin(who.user) || isTeamMember(store, who.user, team.id) || (team.allow_open_invite && !isGuest),
    );
    const { from, to } = paging(request);
    const page = teams.slice(from, to);
    return query(request, 'include_total_count') === 'true' ? { teams: page, total_count: teams.length } : page;
  });
  app.post('/teams', async (request, reply) => {
    const who = actor(state, request);
    const body = objectBody(request, 'team');
    const name = text(body, 'name');
    if (!/^[a-z0-9][a-z0-9-]{1,63}$/.test(name)) throw new ApiError(400, 'model.team.is_valid.characters.app_error');
    if ([...store.teams.values()].some((team) => team.name === name)) {
      throw new ApiError(400, 'app.team.save.existing.app_error', { message: 'Must call update for existing team.' });
    }
    const team = addTeam(store, { name, display_name: text(body, 'display_name') }, state.now());
    joinTeam(store, team.id, { userId: who.user.id, roles: 'team_user team_admin' });
    reply.code(201);
    return team;
  });
  app.get('/teams/:team_id', async (request) => visibleTeam(state, actor(state, request), idParam(request, 'team_id')));
  app.get('/teams/name/:name', async (request) => {
    const who = actor(state, request);
    const team = [...store.teams.values()].find((item) => item.name === param(request, 'name'));
    return visibleTeam(state, who, team?.id ?? '');
  });
  app.get('/users/:user_id/teams', async (request) => teamsOf(store, ownUserParam(request, actor(state, request))));
  app.get('/users/:user_id/teams/unread', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    return teamsOf(store, id).map((team) => ({ team_id: team.id, msg_count: 0, mention_count: 0 }));
  });
  app.get('/users/:user_id/teams/members', async (request) => {
    const id = userParam(request, actor(state, request));
    return teamsOf(store, id).map((team) => teamMember(state, team.id, id));
  });
}

function memberRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/teams/:team_id/members', async (request) => {
    const team = visibleTeam(state, actor(state, request), idParam(request, 'team_id'));
    const { from, to } = paging(request);
    return [...(store.teamMembers.get(team.id)?.keys() ?? [])]
      .slice(from, to)
      .map((id) => teamMember(state, team.id, id));
  });
  app.get('/teams/:team_id/members/:user_id', async (request) => {
    const who = actor(state, request);
    const team = visibleTeam(state, who, idParam(request, 'team_id'));
    const id = userParam(request, who);
    if (!store.teamMembers.get(team.id)?.has(id)) throw missing('app.team.get_member.missing.app_error', 'team member');
    return teamMember(state, team.id, id);
  });
  app.post('/teams/:team_id/members/ids', async (request) => {
    const team = visibleTeam(state, actor(state, request), idParam(request, 'team_id'));
    const members = store.teamMembers.get(team.id);
    return stringsBody(request, 'user_ids')
      .filter((id) => members?.has(id))
      .map((id) => teamMember(state, team.id, id));
  });
  app.post('/teams/:team_id/members', async (request, reply) => {
    const who = actor(state, request);
    const team = visibleTeam(state, who, idParam(request, 'team_id'));
    const userId = text(objectBody(request, 'team_member'), 'user_id');
    if (!store.users.has(userId)) throw missing('app.user.missing_account.const', 'user');
    if (userId !== who.user.id && !isTeamMember(store, who.user, team.id) && !isAdmin(who.user)) {
      throw forbidden('add_user_to_team');
    }
    joinTeam(store, team.id, { userId });
    state.hub.publish('added_to_team', { userId }, () => ({ team_id: team.id, user_id: userId }));
    reply.code(201);
    return teamMember(state, team.id, userId);
  });
  app.delete('/teams/:team_id/members/:user_id', async (request) => {
    const who = actor(state, request);
    const userId = userParam(request, who);
    if (userId !== who.user.id && !isAdmin(who.user)) throw forbidden('remove_user_from_team');
    leaveTeam(state, idParam(request, 'team_id'), userId);
    return { status: 'OK' };
  });
}

function roleRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.put('/teams/:team_id/members/:user_id/roles', async (request) => {
    adminActor(state, request, 'manage_team_roles');
    const roles = text(objectBody(request, 'roles'), 'roles');
    const members = store.teamMembers.get(idParam(request, 'team_id'));
    const userId = idParam(request, 'user_id');
    if (!members?.has(userId)) throw missing('app.team.get_member.missing.app_error', 'team member');
    members.set(userId, roles);
    return { status: 'OK' };
  });
  app.put('/teams/:team_id/members/:user_id/schemeRoles', async (request) => {
    adminActor(state, request, 'manage_team_roles');
    const roles = objectBody(request, 'scheme_roles');
    const members = store.teamMembers.get(idParam(request, 'team_id'));
    const userId = idParam(request, 'user_id');
    if (!members?.has(userId)) throw missing('app.team.get_member.missing.app_error', 'team member');
    const names = { team_user: flag(roles, 'scheme_user'), team_admin: flag(roles, 'scheme_admin') };
    members.set(
      userId,
      Object.entries(names)
        .flatMap(([name, has]) => (has ? [name] : []))
        .join(' '),
    );
    return { status: 'OK' };
  });
}

function leaveTeam(state: MattermostState, teamId: string, userId: string): void {
  const { store } = state;
  store.teamMembers.get(teamId)?.delete(userId);
  for (const channel of store.channels.values()) {
    if (channel.team_id !== teamId) continue;
    store.channelMembers.get(channel.id)?.delete(userId);
    store.channelsOfUser.get(userId)?.delete(channel.id);
  }
  state.hub.publish('leave_team', { userId }, () => ({ team_id: teamId, user_id: userId }));
}

function teamMember(state: MattermostState, teamId: string, userId: string) {
  const roles = state.store.teamMembers.get(teamId)?.get(userId) ?? '';
  const isGuest = hasRole(state.store.users.get(userId)?.roles ?? '', 'system_guest');
  return {
    team_id: teamId,
    user_id: userId,
    roles: isGuest ? 'team_guest' : roles,
    delete_at: 0,
    scheme_guest: isGuest,
    scheme_user: !isGuest,
    scheme_admin: hasRole(roles, 'team_admin'),
    explicit_roles: '',
  };
}
