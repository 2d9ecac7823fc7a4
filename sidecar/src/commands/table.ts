/** A command as typed after `/msteams`, and the catalogue key of its line in the help. */
export interface CommandRow {
  /** Verb and arguments: every phrase that is understood. */
  phrases: readonly [string, ...string[]];
  /** How the phrases are shown together. */
  usage: string;
  help: HelpKey;
}

type HelpKey =
  | 'help_connect'
  | 'help_disconnect'
  | 'help_status'
  | 'help_notifications'
  | 'help_notifications_change'
  | 'help_mute'
  | 'help_unmute'
  | 'help_help';

/** Every command, in the order of the help. Parser, help and the nearest match all read this. */
export const COMMANDS = [
  { phrases: ['connect'], usage: 'connect', help: 'help_connect' },
  { phrases: ['disconnect'], usage: 'disconnect', help: 'help_disconnect' },
  { phrases: ['status'], usage: 'status', help: 'help_status' },
  { phrases: ['notifications'], usage: 'notifications', help: 'help_notifications' },
  {
    phrases: ['notifications on', 'notifications off', 'notifications toggle', 'notifications status'],
    usage: 'notifications on|off|toggle|status',
    help: 'help_notifications_change',
  },
  { phrases: ['mute'], usage: 'mute', help: 'help_mute' },
  { phrases: ['unmute'], usage: 'unmute', help: 'help_unmute' },
  { phrases: ['help'], usage: 'help', help: 'help_help' },
] as const satisfies readonly CommandRow[];

/** What can be typed after `/msteams`, in lower case with single spaces. */
export type Phrase = (typeof COMMANDS)[number]['phrases'][number];

/** All phrases. */
export const PHRASES: readonly Phrase[] = COMMANDS.flatMap((row): readonly Phrase[] => row.phrases);
