import type { TextKey } from '../i18n/translate.ts';

/** A command as typed after `/msteams`, and the catalogue key of its line in the help. */
export interface CommandRow {
  /** Verb and arguments: every phrase that is understood. */
  phrases: readonly [string, ...string[]];
  /** How the phrases are shown together. */
  usage: string;
  help: TextKey;
}

/** Every command, in the order of the help. Parser, help and the nearest match all read this. */
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

/** What can be typed after `/msteams`, in lower case with single spaces. */
export type Phrase = (typeof COMMANDS)[number]['phrases'][number];

/** All phrases. */
export const PHRASES: readonly Phrase[] = COMMANDS.flatMap((row): readonly Phrase[] => row.phrases);
