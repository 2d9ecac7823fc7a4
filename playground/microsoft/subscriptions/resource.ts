import { GraphError } from '../graph/errors.ts';
import type { AccessToken, SubscriptionScope } from '../types.ts';

const READ = ['Chat.Read', 'Chat.ReadWrite'];
const READ_ALL = ['Chat.Read.All', 'Chat.ReadWrite.All'];

/** What `resource` means, when the caller may watch it. Errors: `GraphError` 400 unknown, 401/403 not allowed, 500 as Graph has it. */
export function readResource(resource: string, token: AccessToken): SubscriptionScope {
  const [path = '', options = ''] = resource.replace(/^\//, '').split('?');
  const unknown = [...new URLSearchParams(options).keys()].find((name) => name !== 'model');
  if (unknown !== undefined) throw unsupported(`The option '${unknown}' is not supported on this resource.`);
  const decoded = path.replace(/\('([^']*)'\)/g, (_whole, id: string) => `/${decodeURIComponent(id)}`);
  if (/^chats\/getAllMessages$/i.test(decoded)) return wholeTenant(token);
  const person = /^users\/([^/]+)\/chats\/getAllMessages$/i.exec(decoded)?.[1];
  if (person !== undefined) return ofPerson(person.toLowerCase(), token);
  const chatId = /^chats\/([^/]+)\/messages$/i.exec(decoded)?.[1];
  if (chatId !== undefined) {
    requireOne(token, token.kind === 'app' ? READ_ALL : READ);
    return { of: 'chat', chatId };
  }
  if (/^me\/chats/i.test(decoded)) {
    const message = 'Operation: Create; Exception: [Specified method is not supported.]';
    throw new GraphError(500, 'ExtensionError', { message });
  }
  throw unsupported(`The resource '${resource}' is not supported.`);
}

function wholeTenant(token: AccessToken): SubscriptionScope {
  if (token.kind === 'app' && holds(token, READ_ALL)) return { of: 'tenant', tid: token.tid };
  const reason = `Required permissions to access tenant-wide chat messages subscription one of ('${READ_ALL.join(',')}') is missing.`;
  const message = `Operation: Create; Exception: [Status Code: Unauthorized; Reason: ${reason}]`;
  throw new GraphError(401, 'ExtensionError', { message });
}

function ofPerson(oid: string, token: AccessToken): SubscriptionScope {
  requireOne(token, token.kind === 'app' ? READ_ALL : READ);
  if (token.kind === 'delegated' && oid !== token.oid.toLowerCase()) {
    throw refused('The signed-in user can only subscribe to their own chats.');
  }
  return { of: 'person', oid };
}

function requireOne(token: AccessToken, names: string[]): void {
  if (!holds(token, names)) throw refused(`Required permissions one of ('${names.join(',')}') is missing.`);
}

function holds(token: AccessToken, names: string[]): boolean {
  return names.some((name) => token.permissions.includes(name));
}

function refused(reason: string): GraphError {
  const message = `Operation: Create; Exception: [Status Code: Forbidden; Reason: ${reason}]`;
  return new GraphError(403, 'ExtensionError', { message });
}

function unsupported(message: string): GraphError {
  return new GraphError(400, 'InvalidRequest', { message });
}
