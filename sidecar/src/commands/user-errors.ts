import type { ErrorCode } from '../core/errors.ts';
import { HTTP_STATUS } from '../core/errors.ts';
import type { Catalogue } from '../core/i18n.ts';
import { languageOf } from '../core/i18n.ts';
import type { Connection } from '../core/types.ts';

/** What users are told: many failures are the same to them. */
type Problem =
  | 'ours'
  | 'busy'
  | 'misunderstood'
  | 'not_yours'
  | 'not_connected'
  | 'too_large'
  | 'too_often'
  | 'expired'
  | 'sign_in_failed'
  | 'sign_in_denied'
  | 'consent'
  | 'mismatch'
  | 'foreign_tenant'
  | 'taken'
  | 'limit'
  | 'reconnect'
  | 'operator_microsoft'
  | 'microsoft_away'
  | 'microsoft_refused'
  | 'microsoft_quota'
  | 'mattermost_away'
  | 'operator_mattermost'
  | 'unreadable';

const PROBLEM: Record<ErrorCode, Problem> = {
  config_invalid: 'ours',
  database_locked: 'busy',
  database_newer: 'ours',
  database_unavailable: 'busy',
  key_unknown: 'ours',
  seal_broken: 'reconnect',
  bad_request: 'misunderstood',
  unauthorized: 'operator_mattermost',
  forbidden: 'not_yours',
  not_found: 'not_connected',
  payload_too_large: 'too_large',
  too_many_requests: 'too_often',
  overloaded: 'busy',
  link_expired: 'expired',
  sign_in_failed: 'sign_in_failed',
  sign_in_denied: 'sign_in_denied',
  admin_consent_needed: 'consent',
  account_mismatch: 'mismatch',
  account_foreign_tenant: 'foreign_tenant',
  account_taken: 'taken',
  limit_reached: 'limit',
  reconnect_needed: 'reconnect',
  client_credential_invalid: 'operator_microsoft',
  microsoft_unavailable: 'microsoft_away',
  microsoft_throttled: 'microsoft_away',
  microsoft_refused: 'microsoft_refused',
  microsoft_not_found: 'microsoft_refused',
  microsoft_conflict: 'microsoft_away',
  microsoft_quota: 'microsoft_quota',
  mattermost_unavailable: 'mattermost_away',
  mattermost_throttled: 'mattermost_away',
  mattermost_refused: 'operator_mattermost',
  mattermost_unauthorized: 'operator_mattermost',
  mattermost_not_found: 'operator_mattermost',
  notification_unreadable: 'unreadable',
  lease_lost: 'busy',
  internal: 'ours',
};

const SENTENCES: Catalogue<Problem> = {
  en: {
    ours: 'Something went wrong in the Microsoft Teams service. Please try again; if it stays, tell your administrator.',
    busy: 'The Microsoft Teams service is busy right now. Please try again in a minute.',
    misunderstood: 'This request could not be understood. Please run the command again.',
    not_yours:
      'This button is not for your account, or no longer valid. Please run the command again, starting with `/msteams`.',
    not_connected: 'You are not connected to Microsoft Teams. Run `/msteams connect` first.',
    too_large: 'This request is too large. Please shorten it.',
    too_often: 'That was a little too often. Please try again in a minute.',
    expired: 'This link or button has expired. Please run the command again, starting with `/msteams`.',
    sign_in_failed: 'The Microsoft sign-in did not succeed. Run `/msteams connect` to try again.',
    sign_in_denied: 'The Microsoft sign-in was declined. Run `/msteams connect` to try again.',
    consent:
      'Your organization has not approved this app at Microsoft yet. Ask your administrator to grant consent, then run `/msteams connect`.',
    mismatch:
      'The Microsoft account has another e-mail address than your Mattermost account. Run `/msteams connect` and sign in with the matching account.',
    foreign_tenant:
      'The Microsoft account belongs to another organization. Run `/msteams connect` and sign in with your work account.',
    taken:
      'The Microsoft account is already connected to another Mattermost user. Disconnect it there first, or use another account.',
    limit: 'The maximum number of connected users is reached. Ask your administrator for a place.',
    reconnect: 'Your Microsoft sign-in no longer works. Run `/msteams connect` to sign in again.',
    operator_microsoft:
      'Microsoft does not accept the credentials of this app, so nothing arrives at the moment. Your administrator has to renew them; you do not have to do anything.',
    microsoft_away:
      'Microsoft Teams does not answer at the moment. It is tried again automatically; you do not have to do anything.',
    microsoft_refused:
      'Microsoft Teams refused a request. If notifications stay away, run `/msteams disconnect` and then `/msteams connect`.',
    microsoft_quota:
      'Your organization has used up its subscriptions at Microsoft, so nothing arrives at the moment. Please tell your administrator.',
    mattermost_away:
      'Mattermost does not answer the Microsoft Teams service at the moment. Please try again in a minute.',
    operator_mattermost:
      'Mattermost and the Microsoft Teams service do not accept each other. Please tell your administrator to check the bot and the `/msteams` command.',
    unreadable: 'A message from Microsoft Teams could not be read. You find it in Teams.',
  },
  de: {
    ours: 'Im Dienst für Microsoft Teams ist etwas schiefgegangen. Bitte versuchen Sie es noch einmal; bleibt es dabei, melden Sie es Ihrer Administration.',
    busy: 'Der Dienst für Microsoft Teams ist gerade ausgelastet. Bitte versuchen Sie es in einer Minute noch einmal.',
    misunderstood: 'Diese Anfrage war nicht zu verstehen. Bitte führen Sie den Befehl noch einmal aus.',
    not_yours:
      'Diese Schaltfläche gilt nicht für Ihr Konto oder nicht mehr. Bitte führen Sie den Befehl noch einmal aus, beginnend mit `/msteams`.',
    not_connected: 'Sie sind nicht mit Microsoft Teams verbunden. Führen Sie zuerst `/msteams connect` aus.',
    too_large: 'Diese Anfrage ist zu groß. Bitte kürzen Sie sie.',
    too_often: 'Das war etwas zu oft. Bitte versuchen Sie es in einer Minute noch einmal.',
    expired:
      'Dieser Link oder diese Schaltfläche ist abgelaufen. Bitte führen Sie den Befehl noch einmal aus, beginnend mit `/msteams`.',
    sign_in_failed:
      'Die Anmeldung bei Microsoft ist nicht gelungen. Mit `/msteams connect` versuchen Sie es noch einmal.',
    sign_in_denied: 'Die Anmeldung bei Microsoft wurde abgelehnt. Mit `/msteams connect` versuchen Sie es noch einmal.',
    consent:
      'Ihre Organisation hat diese App bei Microsoft noch nicht freigegeben. Bitten Sie Ihre Administration um die Zustimmung und führen Sie dann `/msteams connect` aus.',
    mismatch:
      'Das Microsoft-Konto hat eine andere E-Mail-Adresse als Ihr Mattermost-Konto. Führen Sie `/msteams connect` aus und melden Sie sich mit dem passenden Konto an.',
    foreign_tenant:
      'Das Microsoft-Konto gehört zu einer anderen Organisation. Führen Sie `/msteams connect` aus und melden Sie sich mit Ihrem Arbeitskonto an.',
    taken:
      'Das Microsoft-Konto ist schon mit einem anderen Mattermost-Benutzer verbunden. Trennen Sie es zuerst dort, oder verwenden Sie ein anderes Konto.',
    limit: 'Die Höchstzahl verbundener Benutzer ist erreicht. Bitten Sie Ihre Administration um einen Platz.',
    reconnect: 'Ihre Anmeldung bei Microsoft gilt nicht mehr. Mit `/msteams connect` melden Sie sich neu an.',
    operator_microsoft:
      'Microsoft nimmt die Zugangsdaten dieser App nicht an, daher kommt im Moment nichts an. Ihre Administration muss sie erneuern; Sie müssen nichts tun.',
    microsoft_away:
      'Microsoft Teams antwortet gerade nicht. Es wird von selbst wieder versucht; Sie müssen nichts tun.',
    microsoft_refused:
      'Microsoft Teams hat eine Anfrage abgelehnt. Bleiben die Benachrichtigungen aus, führen Sie `/msteams disconnect` und danach `/msteams connect` aus.',
    microsoft_quota:
      'Ihre Organisation hat ihre Abonnements bei Microsoft aufgebraucht, daher kommt im Moment nichts an. Bitte melden Sie es Ihrer Administration.',
    mattermost_away:
      'Mattermost antwortet dem Dienst für Microsoft Teams gerade nicht. Bitte versuchen Sie es in einer Minute noch einmal.',
    operator_mattermost:
      'Mattermost und der Dienst für Microsoft Teams nehmen einander nicht an. Bitten Sie Ihre Administration, den Bot und den Befehl `/msteams` zu prüfen.',
    unreadable: 'Eine Nachricht aus Microsoft Teams war nicht lesbar. Sie finden sie in Teams.',
  },
};

/** The user's sentence for a failure, with what to do, in the language of a Mattermost locale. */
export function explain(code: ErrorCode, locale: string): string {
  return SENTENCES[languageOf(locale)][PROBLEM[code]];
}

/** What is wrong with a connection now, or null: a dead sign-in, or an error after the last delivered message. */
export function problemOf(connection: Connection): ErrorCode | null {
  if (connection.state === 'reconnect') return 'reconnect_needed';
  const { lastErrorCode, lastErrorAt, lastDeliveryAt } = connection;
  if (lastErrorCode === null || (lastDeliveryAt ?? 0) > (lastErrorAt ?? 0)) return null;
  return asErrorCode(lastErrorCode);
}

/** A code from the database; one of another version of the sidecar counts as `internal`. */
export function asErrorCode(code: string): ErrorCode {
  return isErrorCode(code) ? code : 'internal';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(HTTP_STATUS, code);
}
