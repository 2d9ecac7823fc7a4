import type { Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** The message that an administrator sends to oneself from the System Console. */
export function testReply(locale: string): Reply {
  return { text: translatorFor(locale)('admin.test') };
}
