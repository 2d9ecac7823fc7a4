import type { Catalogue, Language } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';
import type { Account, Reply } from '../core/types.ts';
import { FAILURE_TEXTS } from './failure-texts.ts';
import { code } from './replies.ts';
import { addressOf } from './sign-in/link-policy.ts';
import type { FailureReason } from './sign-in/result.ts';

type Key = 'ask' | 'confirm' | 'decline' | 'claimed' | 'declined' | 'expired';

const TEXTS: Catalogue<Key> = {
  en: {
    ask: '**Was that you?** Somebody signed in at Microsoft as {account} and asked to connect that account with your Mattermost account. Connect only if you have just done this yourself. The question is good for ten minutes.',
    confirm: 'Yes, connect',
    decline: 'That was not me',
    claimed: 'Thank you, that is confirmed.',
    declined:
      'Nothing was connected, and the sign-in was forgotten. If somebody else used your Microsoft account, change its password and tell your administrator.',
    expired: 'This question is too old or was answered already. `/msteams connect` starts anew.',
  },
  de: {
    ask: '**Waren Sie das?** Jemand hat sich bei Microsoft als {account} angemeldet und möchte dieses Konto mit Ihrem Mattermost-Konto verbinden. Verbinden Sie nur, wenn Sie das gerade selbst waren. Die Frage gilt zehn Minuten.',
    confirm: 'Ja, verbinden',
    decline: 'Das war ich nicht',
    claimed: 'Danke, das ist bestätigt.',
    declined:
      'Es wurde nichts verbunden, und die Anmeldung ist vergessen. Hat jemand anders Ihr Microsoft-Konto benutzt, ändern Sie das Kennwort und sagen Sie Ihrer Administration Bescheid.',
    expired: 'Diese Frage ist zu alt oder bereits beantwortet. Mit `/msteams connect` beginnen Sie neu.',
  },
};

/** The bot's question to the user whose address a Microsoft account has that has just signed in. */
export function claimReply(locale: string, account: Account, token: string): Reply {
  const texts = TEXTS[languageOf(locale)];
  return {
    text: fill(texts.ask, { account: code(addressOf(account)) }),
    buttons: [
      { label: texts.confirm, style: 'primary', action: `account_first_confirm ${token}` },
      { label: texts.decline, style: 'danger', action: `account_first_decline ${token}` },
    ],
  };
}

/** In place of the question after *Yes*; the bot's welcome follows as a message of its own. */
export function claimedReply(locale: string): Reply {
  return { text: TEXTS[languageOf(locale)].claimed };
}

/** In place of the question after *No*. */
export function claimDeclinedReply(locale: string): Reply {
  return { text: TEXTS[languageOf(locale)].declined };
}

/** In place of a question that nobody can answer any more. */
export function expiredClaimReply(locale: string): Reply {
  return { text: TEXTS[languageOf(locale)].expired };
}

/** In place of the question when the account cannot be connected: what a page would say, as Markdown. */
export function refusedReply(language: Language, reason: FailureReason, values: Record<string, string>): Reply {
  const { title, what, remedy } = FAILURE_TEXTS[language][reason];
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, code(value)]));
  return { text: `**${title}.** ${fill(what, shown)} ${fill(remedy, shown)}` };
}
