import type { Caller, Reply } from '../core/types.ts';
import { tell } from './settings-texts.ts';

/** *Why did I get this?*: the choice that let a message through, and where to change it. */
export function why({ locale }: Caller, { when, mentioned }: { when: 'away' | 'always'; mentioned: boolean }): Reply {
  const sentences = [
    tell(locale, when === 'away' ? 'why_away' : 'why_always'),
    ...(mentioned ? [tell(locale, 'why_mentioned')] : []),
    tell(locale, 'why_change'),
  ];
  return { text: sentences.join(' ') };
}
