import type { TextKey } from '../i18n/translate.ts';

/** A command as typed after `/msteams`, and the catalogue key of its line in the help. */
export interface CommandRow {
  /** Every phrase that runs it: verb and arguments. */
  phrases: readonly [string, ...string[]];
  /** The phrases as the help shows them. */
  usage: string;
  help: TextKey;
}

/** The commands in the order of the help; read by the parser, the help and the nearest match. */
export const COMMANDS = [
  { phrases: ['connect'], usage: 'connect', help: 'command.help.connect' },
  { phrases: ['disconnect'], usage: 'disconnect', help: 'command.help.disconnect' },
  { phrases: ['status'], usage: 'status', help: 'command.help.status' },
  { phrases: ['notifications'], usage: 'notifications', help: 'command.help.notifications' },
  {
    phrases: ['notifications on', 'notifications off', 'notifications toggle', 'notifications status'],
    usage: 'notifications on|off|toggle|status',
    help: 'command.help.notificationsChange',
  },
  { phrases: ['mute'], usage: 'mute', help: 'command.help.mute' },
  { phrases: ['unmute'], usage: 'unmute', help: 'command.help.unmute' },
  { phrases: ['help'], usage: 'help', help: 'command.help.help' },
] as const satisfies readonly CommandRow[];

/** A complete command after `/msteams`, in lower case with single spaces. */
export type Phrase = (typeof COMMANDS)[number]['phrases'][number];

/** All phrases. */
export const PHRASES: readonly Phrase[] = COMMANDS.flatMap((row): readonly Phrase[] => row.phrases);
