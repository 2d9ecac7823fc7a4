/** Scopes that concern the sign-in itself, not Graph. */
export const SIGN_IN_SCOPES: readonly string[] = ['openid', 'profile', 'email', 'offline_access'];

/** What people may consent to themselves under the policy Microsoft manages for new tenants. */
const USER_CONSENTABLE = new Set([
  ...SIGN_IN_SCOPES,
  'user.read',
  'chat.readbasic',
  'presence.read',
  'presence.read.all',
  'chatmessage.send',
]);

/** The scopes of a request, without the address of Graph in front of their names. */
export function parseScopes(text: string, graphUrl: string): string[] {
  const names = text.split(/\s+/).filter((scope) => scope !== '');
  return [...new Set(names.map((name) => stripResource(name, graphUrl)))];
}

/** True when the policy Microsoft manages keeps people from consenting to this scope themselves. */
export function needsAdministrator(scope: string): boolean {
  return !USER_CONSENTABLE.has(scope.toLowerCase());
}

function stripResource(name: string, graphUrl: string): string {
  for (const prefix of ['https://graph.microsoft.com/', `${graphUrl}/`]) {
    if (name.startsWith(prefix)) return name.slice(prefix.length);
  }
  return name;
}
