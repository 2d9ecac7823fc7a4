import type { AppError } from '../core/errors.ts';
import type { Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** AADSTS codes with a remedy of their own (Microsoft: "Entra authentication error codes"). */
const CAUSES: Record<number, 'expired' | 'wrong' | 'certificate'> = {
  7000222: 'expired',
  7000215: 'wrong',
  700027: 'certificate',
};

/** The direct message to those who can mend the credential, with what to do about it. */
export function credentialProblemReply(locale: string, { fields }: AppError): Reply {
  const t = translatorFor(locale);
  const code = Number(fields?.aadsts ?? 0);
  const cause = t(`alarm.${CAUSES[code] ?? 'registration'}`);
  return { text: t('alarm.problem', { cause: code ? `${cause} ${t('alarm.code', { code })}` : cause }) };
}
