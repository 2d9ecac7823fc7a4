import type { Language } from '../core/i18n.ts';
import type { FailureReason } from './sign-in/result.ts';

/** What happened, and what to do about it. `{name}` marks a value, shown in bold. */
export interface FailureText {
  title: string;
  what: string;
  remedy: string;
}

/** Every failure in every language, or it does not compile. */
export const FAILURE_TEXTS: Record<Language, Record<FailureReason, FailureText>> = {
  en: {
    link_expired: {
      title: 'This link is no longer valid',
      what: 'A link to connect works once and for ten minutes. This one was used already or is too old.',
      remedy: 'Type /msteams connect in Mattermost to get a new one.',
    },
    other_browser: {
      title: 'Please stay in one browser',
      what: 'The sign-in began in another browser, or this browser refused the cookie that ties both ends together. For your protection it was stopped.',
      remedy: 'Type /msteams connect in Mattermost and finish the sign-in in the browser in which the page opens.',
    },
    foreign_request: {
      title: 'This did not come from our page',
      what: 'Another website tried to start the sign-in in your name. Nothing happened.',
      remedy: 'Type /msteams connect in Mattermost if you want to connect.',
    },
    start_in_mattermost: {
      title: 'Please begin in Mattermost',
      what: 'Connecting starts in Mattermost here, because this page alone cannot find out which Mattermost account is yours.',
      remedy: 'Type /msteams connect in Mattermost.',
    },
    other_session: {
      title: 'This link belongs to another Mattermost account',
      what: 'In this browser you are signed in to Mattermost with another account than the one this link was made for. Nothing was connected.',
      remedy:
        'If somebody sent you the link, close this page. Otherwise sign in to Mattermost with your own account in this browser and type /msteams connect there.',
    },
    session_unproven: {
      title: 'Mattermost did not confirm who you are',
      what: 'Before two accounts are joined, Mattermost must confirm that you are signed in there. It did not, or you declined. Nothing was connected.',
      remedy: 'Type /msteams connect in Mattermost and allow the question that Mattermost asks.',
    },
    consent_unconfirmed: {
      title: 'Microsoft does not confirm the consent yet',
      what: 'The consent page was left, but the application is still not known in your organisation. Sometimes Microsoft needs a minute for it.',
      remedy: 'Try again in a minute, signed in as an administrator who may consent for the whole organisation.',
    },
    user_not_allowed: {
      title: 'This Mattermost account cannot connect',
      what: 'The Mattermost account is deactivated, was deleted or is a bot.',
      remedy: 'Sign in to Mattermost with your own account and type /msteams connect.',
    },
    not_admitted: {
      title: 'Your administrator has not admitted you yet',
      what: 'Only people on a list of your administrator may connect, and your e-mail address is not on it.',
      remedy: 'Ask your Mattermost administrator to add you, then type /msteams connect again.',
    },
    limit_reached: {
      title: 'No more users can connect',
      what: 'Your administrator limited how many people may connect, and the limit is reached.',
      remedy: 'Ask your Mattermost administrator to raise the limit (setting MAX_CONNECTIONS).',
    },
    sign_in_denied: {
      title: 'You did not give permission',
      what: 'The sign-in was cancelled at Microsoft, so nothing was connected.',
      remedy: 'If that was a mistake, try again and accept the permissions.',
    },
    sign_in_failed: {
      title: 'The sign-in did not work',
      what: 'Microsoft did not confirm the sign-in, or its answer did not pass our checks. Nothing was connected.',
      remedy: 'Try again. If it keeps failing, tell your Mattermost administrator the time at which it happened.',
    },
    admin_consent_needed: {
      title: 'Your administrator must approve this first',
      what: 'In your organisation an administrator has to approve the permission to read chats.',
      remedy: 'Forward this text to the administrator of your Microsoft 365, then try again:',
    },
    account_foreign_tenant: {
      title: 'This account belongs to another organisation',
      what: 'Only Microsoft accounts of your own organisation can be connected here.',
      remedy: 'Try again and choose your work account of this organisation.',
    },
    account_mismatch: {
      title: 'The two accounts do not match',
      what: 'Your Mattermost account has the address {expected}, but you signed in to Microsoft as {actual}.',
      remedy:
        'Try again and sign in to Microsoft as {expected}. If both accounts are yours, ask your administrator to give them the same address.',
    },
    email_hidden: {
      title: 'Your e-mail address is not visible',
      what: 'We could not read the e-mail address of your Mattermost account, so we cannot check that both accounts are yours.',
      remedy:
        'Tell your Mattermost administrator: the bot must be allowed to see e-mail addresses (make it a system administrator, or enable “Show Email Address”).',
    },
    account_taken: {
      title: 'This Microsoft account is connected already',
      what: 'Another Mattermost user has connected this Microsoft account.',
      remedy: 'If that is you, disconnect there with /msteams disconnect first. Otherwise tell your administrator.',
    },
    connected_differently: {
      title: 'You are connected with another account',
      what: 'Your Mattermost account is connected with {connected}.',
      remedy: 'To switch, type /msteams disconnect in Mattermost first, then /msteams connect.',
    },
    registration_broken: {
      title: 'The connection to Microsoft is not set up correctly',
      what: 'Microsoft refused the application itself, for example because its secret has expired. It is not your fault.',
      remedy: 'Tell your Mattermost administrator, and try again later with /msteams connect.',
    },
    microsoft_unavailable: {
      title: 'Microsoft does not answer',
      what: 'The sign-in service of Microsoft is busy or cannot be reached at the moment.',
      remedy: 'Wait a minute and try again.',
    },
    mattermost_unavailable: {
      title: 'Mattermost does not answer',
      what: 'Mattermost cannot be reached at the moment, so we cannot look up your account.',
      remedy: 'Wait a minute and try again.',
    },
    internal: {
      title: 'Something went wrong',
      what: 'An unexpected error stopped the sign-in. Nothing was connected.',
      remedy: 'Try again. If it keeps failing, tell your Mattermost administrator the time at which it happened.',
    },
  },
  de: {
    link_expired: {
      title: 'Dieser Link gilt nicht mehr',
      what: 'Ein Link zum Verbinden gilt einmal und zehn Minuten lang. Dieser wurde bereits benutzt oder ist zu alt.',
      remedy: 'Geben Sie in Mattermost /msteams connect ein, um einen neuen zu erhalten.',
    },
    other_browser: {
      title: 'Bitte bleiben Sie in einem Browser',
      what: 'Die Anmeldung begann in einem anderen Browser, oder dieser Browser hat das Cookie abgelehnt, das beide Enden verbindet. Zu Ihrem Schutz wurde sie beendet.',
      remedy:
        'Geben Sie in Mattermost /msteams connect ein und schließen Sie die Anmeldung in dem Browser ab, in dem sich die Seite öffnet.',
    },
    foreign_request: {
      title: 'Das kam nicht von unserer Seite',
      what: 'Eine andere Website hat versucht, die Anmeldung in Ihrem Namen zu beginnen. Es ist nichts geschehen.',
      remedy: 'Geben Sie in Mattermost /msteams connect ein, wenn Sie sich verbinden möchten.',
    },
    start_in_mattermost: {
      title: 'Bitte beginnen Sie in Mattermost',
      what: 'Das Verbinden beginnt hier in Mattermost, denn diese Seite allein kann nicht feststellen, welches Mattermost-Konto Ihres ist.',
      remedy: 'Geben Sie in Mattermost /msteams connect ein.',
    },
    other_session: {
      title: 'Dieser Link gehört zu einem anderen Mattermost-Konto',
      what: 'In diesem Browser sind Sie in Mattermost mit einem anderen Konto angemeldet als dem, für das dieser Link gemacht wurde. Es wurde nichts verbunden.',
      remedy:
        'Hat Ihnen jemand den Link geschickt, schließen Sie diese Seite. Sonst melden Sie sich in diesem Browser mit Ihrem eigenen Konto in Mattermost an und geben dort /msteams connect ein.',
    },
    session_unproven: {
      title: 'Mattermost hat nicht bestätigt, wer Sie sind',
      what: 'Bevor zwei Konten verbunden werden, muss Mattermost bestätigen, dass Sie dort angemeldet sind. Das ist nicht geschehen, oder Sie haben abgelehnt. Es wurde nichts verbunden.',
      remedy: 'Geben Sie in Mattermost /msteams connect ein und erlauben Sie, was Mattermost fragt.',
    },
    consent_unconfirmed: {
      title: 'Microsoft bestätigt die Zustimmung noch nicht',
      what: 'Die Zustimmungsseite wurde verlassen, aber die Anwendung ist in Ihrer Organisation noch nicht bekannt. Manchmal braucht Microsoft dafür eine Minute.',
      remedy:
        'Versuchen Sie es in einer Minute erneut, angemeldet als Administrator, der für die ganze Organisation zustimmen darf.',
    },
    user_not_allowed: {
      title: 'Dieses Mattermost-Konto kann nicht verbunden werden',
      what: 'Das Mattermost-Konto ist deaktiviert, wurde gelöscht oder ist ein Bot.',
      remedy: 'Melden Sie sich in Mattermost mit Ihrem eigenen Konto an und geben Sie /msteams connect ein.',
    },
    not_admitted: {
      title: 'Ihre Administration hat Sie noch nicht zugelassen',
      what: 'Nur Personen auf einer Liste Ihrer Administration dürfen sich verbinden, und Ihre E-Mail-Adresse steht nicht darauf.',
      remedy:
        'Bitten Sie Ihre Mattermost-Administration, Sie aufzunehmen, und geben Sie dann erneut /msteams connect ein.',
    },
    limit_reached: {
      title: 'Es können sich keine weiteren Personen verbinden',
      what: 'Ihre Administration hat die Zahl der Verbindungen begrenzt, und die Grenze ist erreicht.',
      remedy: 'Bitten Sie Ihre Mattermost-Administration, die Grenze anzuheben (Einstellung MAX_CONNECTIONS).',
    },
    sign_in_denied: {
      title: 'Sie haben nicht zugestimmt',
      what: 'Die Anmeldung wurde bei Microsoft abgebrochen; es wurde nichts verbunden.',
      remedy: 'Falls das ein Versehen war, versuchen Sie es erneut und stimmen Sie den Berechtigungen zu.',
    },
    sign_in_failed: {
      title: 'Die Anmeldung hat nicht geklappt',
      what: 'Microsoft hat die Anmeldung nicht bestätigt, oder die Antwort bestand unsere Prüfung nicht. Es wurde nichts verbunden.',
      remedy:
        'Versuchen Sie es erneut. Gelingt es weiterhin nicht, nennen Sie Ihrer Mattermost-Administration den Zeitpunkt.',
    },
    admin_consent_needed: {
      title: 'Ihre Administration muss erst zustimmen',
      what: 'In Ihrer Organisation muss die Administration dem Lesen von Chats zustimmen.',
      remedy:
        'Leiten Sie diesen Text an die Administration Ihres Microsoft 365 weiter und versuchen Sie es danach erneut:',
    },
    account_foreign_tenant: {
      title: 'Dieses Konto gehört zu einer anderen Organisation',
      what: 'Hier können nur Microsoft-Konten Ihrer eigenen Organisation verbunden werden.',
      remedy: 'Versuchen Sie es erneut und wählen Sie Ihr Arbeitskonto dieser Organisation.',
    },
    account_mismatch: {
      title: 'Die beiden Konten passen nicht zusammen',
      what: 'Ihr Mattermost-Konto hat die Adresse {expected}, bei Microsoft haben Sie sich aber als {actual} angemeldet.',
      remedy:
        'Versuchen Sie es erneut und melden Sie sich bei Microsoft als {expected} an. Gehören Ihnen beide Konten, bitten Sie Ihre Administration, ihnen dieselbe Adresse zu geben.',
    },
    email_hidden: {
      title: 'Ihre E-Mail-Adresse ist nicht sichtbar',
      what: 'Wir konnten die E-Mail-Adresse Ihres Mattermost-Kontos nicht lesen und daher nicht prüfen, ob beide Konten Ihnen gehören.',
      remedy:
        'Sagen Sie Ihrer Mattermost-Administration: Der Bot muss E-Mail-Adressen sehen dürfen (als Systemadministrator oder durch „E-Mail-Adresse anzeigen“).',
    },
    account_taken: {
      title: 'Dieses Microsoft-Konto ist bereits verbunden',
      what: 'Eine andere Person in Mattermost hat dieses Microsoft-Konto verbunden.',
      remedy:
        'Sind Sie das selbst, trennen Sie dort zuerst mit /msteams disconnect. Sonst wenden Sie sich an Ihre Administration.',
    },
    connected_differently: {
      title: 'Sie sind mit einem anderen Konto verbunden',
      what: 'Ihr Mattermost-Konto ist mit {connected} verbunden.',
      remedy: 'Um zu wechseln, geben Sie in Mattermost zuerst /msteams disconnect ein, dann /msteams connect.',
    },
    registration_broken: {
      title: 'Die Verbindung zu Microsoft ist nicht richtig eingerichtet',
      what: 'Microsoft hat die Anwendung selbst abgelehnt, etwa weil ihr Geheimnis abgelaufen ist. Es liegt nicht an Ihnen.',
      remedy: 'Sagen Sie es Ihrer Mattermost-Administration und versuchen Sie es später mit /msteams connect erneut.',
    },
    microsoft_unavailable: {
      title: 'Microsoft antwortet nicht',
      what: 'Der Anmeldedienst von Microsoft ist überlastet oder derzeit nicht erreichbar.',
      remedy: 'Warten Sie eine Minute und versuchen Sie es erneut.',
    },
    mattermost_unavailable: {
      title: 'Mattermost antwortet nicht',
      what: 'Mattermost ist derzeit nicht erreichbar; daher können wir Ihr Konto nicht nachschlagen.',
      remedy: 'Warten Sie eine Minute und versuchen Sie es erneut.',
    },
    internal: {
      title: 'Etwas ist schiefgegangen',
      what: 'Ein unerwarteter Fehler hat die Anmeldung beendet. Es wurde nichts verbunden.',
      remedy:
        'Versuchen Sie es erneut. Gelingt es weiterhin nicht, nennen Sie Ihrer Mattermost-Administration den Zeitpunkt.',
    },
  },
};
