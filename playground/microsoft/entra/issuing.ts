import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { MovableClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Keys } from '../keys.ts';
import type { Json, Person } from '../types.ts';
import type { Grant, Grants } from './grants.ts';
import { SIGN_IN_SCOPES } from './scopes.ts';

const GRAPH = 'https://graph.microsoft.com';

/** What issuing tokens needs. */
export interface IssuingDeps {
  url(): string;
  clock: MovableClock;
  keys: Keys;
  grants: Grants;
  faults: Faults;
}

/** The token endpoint's success body for a person. `nonce` goes into the id token. */
export async function issueForPerson(
  deps: IssuingDeps,
  person: Person,
  more: { grant: Grant; nonce?: string | undefined; clientInfo: boolean },
): Promise<Json> {
  const { grant } = more;
  const graphScopes = grant.scopes.filter((scope) => !SIGN_IN_SCOPES.includes(scope));
  const accessToken = await signAccessToken(deps, { grant, kind: 'delegated', permissions: graphScopes });
  const wants = (scope: string) => grant.scopes.includes(scope);
  return {
    token_type: 'Bearer',
    scope: [
      ...graphScopes,
      ...grant.scopes.filter((scope) => SIGN_IN_SCOPES.includes(scope) && scope !== 'offline_access'),
    ].join(' '),
    expires_in: accessToken.life,
    ext_expires_in: accessToken.life,
    access_token: accessToken.token,
    ...(wants('offline_access') ? { refresh_token: deps.grants.issueRefreshToken(grant) } : {}),
    ...(wants('openid') ? { id_token: await deps.keys.sign(idClaims(deps, person, more)) } : {}),
    ...(more.clientInfo ? { client_info: clientInfo(person) } : {}),
  };
}

/** The token endpoint's success body for the app itself. */
export async function issueForApp(deps: IssuingDeps, grant: Grant): Promise<Json> {
  const { token, life } = await signAccessToken(deps, { grant, kind: 'app', permissions: grant.scopes });
  return { token_type: 'Bearer', expires_in: life, ext_expires_in: life, access_token: token };
}

/** The `client_info` value: where the person is at home. */
export function clientInfo(person: Person): string {
  return Buffer.from(JSON.stringify({ uid: person.oid, utid: person.tid })).toString('base64url');
}

async function signAccessToken(
  deps: IssuingDeps,
  { grant, kind, permissions }: { grant: Grant; kind: 'delegated' | 'app'; permissions: string[] },
): Promise<{ token: string; life: number }> {
  const life = deps.grants.newAccessTokenLife();
  const token = await deps.keys.sign({
    aud: GRAPH,
    iss: `${deps.url()}/sts/${grant.tid}/`,
    ...times(deps.clock, life),
    appid: grant.clientId,
    oid: grant.oid,
    tid: grant.tid,
    sub: pairwise(grant),
    ...(kind === 'app' ? { roles: permissions, idtyp: 'app' } : { scp: permissions.join(' ') }),
    uti: randomBytes(16).toString('base64url'),
    ver: '1.0',
  });
  const { clientId, tid, oid } = grant;
  deps.grants.keepAccessToken(token, { kind, clientId, tid, oid, permissions }, deps.clock.now() + life * 1000);
  return { token, life };
}

function idClaims(deps: IssuingDeps, person: Person, more: { grant: Grant; nonce?: string | undefined }): Json {
  const { grant, nonce } = more;
  const claims: Json = {
    aud: grant.clientId,
    iss: `${deps.url()}/${grant.tid}/v2.0`,
    ...times(deps.clock, 3600),
    oid: grant.oid,
    tid: grant.tid,
    sub: pairwise(grant),
    preferred_username: person.upn,
    name: person.name,
    ...(grant.scopes.includes('email') && person.mail !== null ? { email: person.mail } : {}),
    ...(nonce === undefined ? {} : { nonce }),
    aio: randomBytes(24).toString('base64url'),
    rh: `1.${randomBytes(12).toString('base64url')}.`,
    sid: randomUUID(),
    uti: randomBytes(16).toString('base64url'),
    ver: '2.0',
  };
  const changed = deps.faults.take('id_token', { values: { oid: grant.oid } })?.claims ?? {};
  return withoutNulls({ ...claims, ...(changed as Json) });
}

/** `iat`, `nbf` and `exp` in the outside's time, because the outside checks them by its own clock. */
function times(clock: MovableClock, lifeSeconds: number): { iat: number; nbf: number; exp: number } {
  const now = Math.floor(clock.toOutside(clock.now()) / 1000);
  return { iat: now, nbf: now, exp: now + lifeSeconds };
}

function pairwise(grant: Grant): string {
  return createHash('sha256').update(`${grant.clientId} ${grant.oid}`).digest('base64url');
}

function withoutNulls(claims: Json): Json {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}
