import type { Account, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { code } from './replies.ts';
import { addressOf } from './sign-in/link-policy.ts';
import type { FailureReason } from './sign-in/result.ts';

/** The bot's question to the user whose address a Microsoft account has that has just signed in. */
export function claimReply(locale: string, account: Account, token: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('accountFirst.ask', { account: code(addressOf(account)) }),
    buttons: [
      { label: t('accountFirst.confirm'), style: 'primary', action: `account_first_confirm ${token}` },
      { label: t('accountFirst.decline'), style: 'danger', action: `account_first_decline ${token}` },
    ],
  };
}

/** In place of the question after *Yes*; the bot's welcome follows as a message of its own. */
export function claimedReply(locale: string): Reply {
  return { text: translatorFor(locale)('accountFirst.confirmed') };
}

/** In place of the question after *No*. */
export function claimDeclinedReply(locale: string): Reply {
  return { text: translatorFor(locale)('accountFirst.declined') };
}

/** In place of a question that nobody can answer any more. */
export function expiredClaimReply(locale: string): Reply {
  return { text: translatorFor(locale)('accountFirst.expired') };
}

/** In place of the question when the account cannot be connected: what a page would say, as Markdown. */
export function refusedReply(locale: string, reason: FailureReason, values: Record<string, string>): Reply {
  const t = translatorFor(locale);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, code(value)]));
  return {
    text: [
      `**${t(`signIn.failure.${reason}.title`)}.**`,
      t(`signIn.failure.${reason}.what`, shown),
      t(`signIn.failure.${reason}.remedy`, shown),
    ].join(' '),
  };
}
