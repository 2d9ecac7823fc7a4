import { translatorFor } from '../i18n/translate.ts';
import { COMMANDS } from './table.ts';

/** A word of a command with what may follow it, as clients suggest it while a user types. */
export interface CommandSuggestion {
  word: string;
  help: string;
  next: CommandSuggestion[];
}

/** `/msteams` and all its phrases as a tree. Mattermost keeps one text for all users, so it is English. */
export function suggestions(): CommandSuggestion {
  const t = translatorFor('en');
  const root: CommandSuggestion = { word: 'msteams', help: t('command.summary'), next: [] };
  for (const { phrases, help } of COMMANDS) {
    for (const phrase of phrases) {
      let node = root;
      for (const word of phrase.split(' ')) {
        const known = node.next.find((one) => one.word === word);
        const following = known ?? { word, help: t(help), next: [] };
        if (known === undefined) node.next.push(following);
        node = following;
      }
    }
  }
  return root;
}
