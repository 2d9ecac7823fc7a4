import { AppError } from '../core/errors.ts';
import type { Caller, Reply } from '../core/types.ts';
import { connect } from './connect.ts';
import { disconnect, keepConnected } from './disconnect.ts';
import { why } from './help.ts';
import { isMuteSpan, pressMute, pressUnmute } from './mutes.ts';
import type { Change } from './notifications.ts';
import { changeNotifications, notNow, quietChange, showNotifications } from './notifications.ts';
import type { CommandsDeps } from './ports.ts';

type Act = (deps: CommandsDeps, caller: Caller, words: readonly string[]) => Reply | Promise<Reply> | null;

/** Handlers by the first word of an action. They return null when the arguments are invalid, and are idempotent: a button may be pressed twice. */
const ACTIONS = new Map<string, Act>([
  ['connect', connect],
  ['account_first_confirm', (deps, { userId }, [token = '']) => deps.accountFirst.confirm(userId, token)],
  ['account_first_decline', (deps, { userId }, [token = '']) => deps.accountFirst.decline(userId, token)],
  ['disconnect_confirm', disconnect],
  ['disconnect_cancel', keepConnected],
  ['notifications_on', changing((now) => ({ ...now, enabled: true }))],
  ['notifications_off', changing((now) => ({ ...now, enabled: false }))],
  ['when_away', changing((now) => ({ ...now, enabled: true, when: 'away' }))],
  ['when_always', changing((now) => ({ ...now, enabled: true, when: 'always' }))],
  ['fold_on', changing((now) => ({ ...now, fold: true }))],
  ['fold_off', changing((now) => ({ ...now, fold: false }))],
  ['chats', (deps, caller, [kind = '', choice = '']) => change(deps, caller, chatsChange(kind, choice))],
  ['quiet', (deps, caller, [choice = '']) => change(deps, caller, quietChange(choice, caller))],
  [
    'mute',
    (deps, caller, [chatId = '', span = '']) => (isMuteSpan(span) ? pressMute(deps, caller, { chatId, span }) : null),
  ],
  ['unmute', (deps, caller, [chatId = '']) => (chatId === '' ? null : pressUnmute(deps, caller, chatId))],
  [
    'why',
    (_deps, caller, [when, mentioned]) =>
      why(caller, { when: when === 'always' ? when : 'away', mentioned: mentioned === 'mentioned' }),
  ],
  ['settings', showNotifications],
  ['not_now', (_deps, caller) => notNow(caller)],
]);

/**
 * Runs the action of a button whose signature was checked.
 * @throws {AppError} link_expired: this version does not know the action
 */
export async function act(deps: CommandsDeps, caller: Caller, action: string): Promise<Reply> {
  const [name = '', ...words] = action.split(' ');
  const reply = ACTIONS.get(name)?.(deps, caller, words) ?? null;
  if (reply === null) {
    throw new AppError('link_expired', 'A button asks for an action of another version.', { fields: { action: name } });
  }
  return reply;
}

function changing(how: Change): Act {
  return (deps, caller) => changeNotifications(deps, caller, how);
}

function change(deps: CommandsDeps, caller: Caller, how: Change | null): Promise<Reply> | null {
  return how && changeNotifications(deps, caller, how);
}

function chatsChange(kind: string, choice: string): Change | null {
  if (kind !== 'oneOnOne' && kind !== 'group' && kind !== 'meeting') return null;
  if (choice !== 'all' && choice !== 'none' && (choice !== 'mentions' || kind === 'oneOnOne')) return null;
  return (now) => ({ ...now, chats: { ...now.chats, [kind]: choice } });
}
