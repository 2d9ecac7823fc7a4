import type { Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** Tells how many messages of a gap were left in Teams; `atLeast` when not all were counted. */
export function leftInTeamsReply(locale: string, { count, atLeast }: { count: number; atLeast: boolean }): Reply {
  return { text: translatorFor(locale)(atLeast ? 'catchUp.leftAtLeast' : 'catchUp.left', { count }) };
}
