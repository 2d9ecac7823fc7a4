import type { AppError } from '../core/errors.ts';
import { codeText } from '../core/escape-markdown.ts';
import type { Account, Connection, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { addressOf } from './sign-in/link-policy.ts';
import type { FailureReason } from './sign-in/result.ts';

/** After the first sign-in, with the question whether to deliver messages. */
export function connectedMessage(locale: string, { accountAddress }: Connection): Reply {
  const t = translatorFor(locale);
  return {
    text: `${t('connect.connected', { account: codeSpan(accountAddress) })}\n${t('connect.offer')}`,
    buttons: [
      { label: t('connect.enable'), style: 'primary', action: 'notifications_on' },
      { label: t('connect.notNow'), style: 'default', action: 'not_now' },
    ],
  };
}

/** After signing in again with the same account, whose preferences are unchanged. */
export function reconnectedMessage(locale: string, { accountAddress, preferences }: Connection): Reply {
  const key = preferences.enabled ? 'connect.reconnectedOn' : 'connect.reconnectedOff';
  return { text: translatorFor(locale)(key, { account: codeSpan(accountAddress) }) };
}

/** Confirms a disconnect. */
export function disconnectedMessage(locale: string): Reply {
  return { text: translatorFor(locale)('connect.disconnected') };
}

/** After Microsoft ended the sign-in, with a button that makes a new link. */
export function endedSignInMessage(locale: string, accountAddress: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('connect.ended', { account: codeSpan(accountAddress) }),
    buttons: [{ label: t('connect.connect'), style: 'primary', action: 'connect' }],
  };
}

/** Asks the user with the address of this Microsoft account whether the account-first sign-in was their own. */
export function accountFirstQuestion(locale: string, account: Account, token: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('accountFirst.ask', { account: codeSpan(addressOf(account)) }),
    buttons: [
      { label: t('accountFirst.confirm'), style: 'primary', action: `account_first_confirm ${token}` },
      { label: t('accountFirst.decline'), style: 'danger', action: `account_first_decline ${token}` },
    ],
  };
}

/** Replaces the account-first question, unless the account could not be linked. */
export function accountFirstAnswered(locale: string, answer: 'confirmed' | 'declined' | 'expired'): Reply {
  return { text: translatorFor(locale)(`accountFirst.${answer}`) };
}

/** Replaces the account-first question when the account cannot be linked: the texts of the failure page as Markdown. */
export function accountFirstRefused(locale: string, reason: FailureReason, values: Record<string, string>): Reply {
  const t = translatorFor(locale);
  const shown = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, codeSpan(value)]));
  const [what, remedy] = [t(`signIn.failure.${reason}.what`, shown), t(`signIn.failure.${reason}.remedy`, shown)];
  return { text: `**${t(`signIn.failure.${reason}.title`)}.** ${what} ${remedy}` };
}

/** AADSTS codes with a remedy of their own (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). */
const CREDENTIAL_CAUSES: Record<number, 'expired' | 'wrong' | 'certificate'> = {
  7000222: 'expired',
  7000215: 'wrong',
  700027: 'certificate',
};

/** For `ALERT_USERS`: the credential of the app registration was refused, and what to do about it. */
export function credentialProblemMessage(locale: string, { fields }: AppError): Reply {
  const t = translatorFor(locale);
  const code = Number(fields?.aadsts ?? 0);
  const cause = t(`alarm.${CREDENTIAL_CAUSES[code] ?? 'registration'}`);
  return { text: t('alarm.problem', { cause: code ? `${cause} ${t('alarm.code', { code })}` : cause }) };
}

/** A Markdown code span, so that an address can neither format, link nor mention. */
function codeSpan(text: string): string {
  return `\`${codeText(text)}\``;
}
