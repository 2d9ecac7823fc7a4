import type { Language } from '../core/i18n.ts';

/** The sentences of the sign-in pages in one language. */
export interface PageTexts {
  confirmTitle: string;
  confirmWhat: string;
  confirmAccess: string;
  confirmAgain: string;
  confirmWarning: string;
  proceed: string;
  doneTitle: string;
  doneWhat: string;
  doneNext: string;
  doneAgain: string;
  inviteWhat: string;
  claimedTitle: string;
  claimedWhat: string;
  claimedElse: string;
  consentTitle: string;
  consentWhat: string;
  consentPermissions: string;
  consentProceed: string;
  consentedTitle: string;
  consentedWhat: string;
  consentedNext: string;
  back: string;
  retry: string;
  /** For the administrator; `{clientId}` is the application id. */
  consentRequest: string;
}

/** Every page text in every language, or it does not compile. */
export const PAGE_TEXTS: Record<Language, PageTexts> = {
  en: {
    confirmTitle: 'Connect Microsoft Teams',
    confirmWhat: 'Your Teams chat messages will be delivered to the Mattermost account {user} on {host}.',
    confirmAccess:
      'You sign in at Microsoft next. The connection may read your Teams chats, your presence and your profile. It cannot write or change anything.',
    confirmAgain: 'This account is connected with {connected} already. Go on to sign in again.',
    confirmWarning: 'Is this not your Mattermost account, or did somebody send you this link? Then close this page.',
    proceed: 'Continue to Microsoft',
    doneTitle: 'You are connected',
    doneWhat: 'Teams messages of {account} can now reach {user} in Mattermost.',
    doneNext:
      'The bot has sent you a direct message. There you choose whether to be notified. You can close this page.',
    doneAgain: 'Everything goes on with your settings as they were. You can close this page.',
    inviteWhat:
      'Sign in at Microsoft with your work account. The bot then asks you in Mattermost on {host} whether that was you. Once you say yes, the two accounts are connected.',
    claimedTitle: 'Now confirm in Mattermost',
    claimedWhat:
      'You signed in as {account}. If a Mattermost account has this address, the bot has just asked it in a direct message: answer there within ten minutes. You can close this page.',
    claimedElse:
      'No message? Then your Mattermost account has another address. Type /msteams connect in Mattermost instead.',
    consentTitle: 'Approve for your organisation',
    consentWhat:
      'Here an administrator of Microsoft 365 approves this application once, for everybody in the organisation. It reads only what people choose to have forwarded to Mattermost. You sign in first, so that it is recorded who approved; then Microsoft asks for your approval.',
    consentPermissions:
      'Application id {clientId}. Delegated permissions: User.Read, Chat.Read, Presence.Read. Each is used only for people who connect themselves, and only with their own sign-in.',
    consentProceed: 'Sign in as administrator',
    consentedTitle: 'Approved',
    consentedWhat: 'The approval by {name} for the organisation {tid} was recorded, and Microsoft confirms it.',
    consentedNext: 'Everybody in this organisation can connect now with /msteams connect. You can close this page.',
    back: 'Back to Mattermost',
    retry: 'Try again',
    consentRequest:
      'Please grant admin consent for the application “Microsoft Teams for Mattermost” (application id {clientId}) in the Microsoft Entra admin center, under Enterprise applications → Permissions. It asks for these delegated permissions: User.Read, Chat.Read, Presence.Read.',
  },
  de: {
    confirmTitle: 'Microsoft Teams verbinden',
    confirmWhat: 'Ihre Chatnachrichten aus Teams werden dem Mattermost-Konto {user} auf {host} zugestellt.',
    confirmAccess:
      'Als Nächstes melden Sie sich bei Microsoft an. Die Verbindung darf Ihre Teams-Chats, Ihre Anwesenheit und Ihr Profil lesen. Schreiben oder ändern kann sie nichts.',
    confirmAgain: 'Dieses Konto ist bereits mit {connected} verbunden. Fahren Sie fort, um sich neu anzumelden.',
    confirmWarning:
      'Ist das nicht Ihr Mattermost-Konto, oder hat Ihnen jemand diesen Link geschickt? Dann schließen Sie diese Seite.',
    proceed: 'Weiter zu Microsoft',
    doneTitle: 'Sie sind verbunden',
    doneWhat: 'Teams-Nachrichten von {account} können nun {user} in Mattermost erreichen.',
    doneNext:
      'Der Bot hat Ihnen eine Direktnachricht geschickt. Dort wählen Sie, ob Sie benachrichtigt werden. Sie können diese Seite schließen.',
    doneAgain: 'Alles geht mit Ihren bisherigen Einstellungen weiter. Sie können diese Seite schließen.',
    inviteWhat:
      'Melden Sie sich mit Ihrem Arbeitskonto bei Microsoft an. Danach fragt der Bot Sie in Mattermost auf {host}, ob Sie das waren. Bestätigen Sie es, werden die beiden Konten verbunden.',
    claimedTitle: 'Nun in Mattermost bestätigen',
    claimedWhat:
      'Sie haben sich als {account} angemeldet. Gibt es ein Mattermost-Konto mit dieser Adresse, hat der Bot es gerade in einer Direktnachricht gefragt: Antworten Sie dort innerhalb von zehn Minuten. Sie können diese Seite schließen.',
    claimedElse:
      'Keine Nachricht? Dann hat Ihr Mattermost-Konto eine andere Adresse. Geben Sie stattdessen in Mattermost /msteams connect ein.',
    consentTitle: 'Für Ihre Organisation zustimmen',
    consentWhat:
      'Hier stimmt die Administration von Microsoft 365 dieser Anwendung einmal für die ganze Organisation zu. Gelesen wird nur, was die einzelnen Personen sich nach Mattermost weiterleiten lassen. Zuerst melden Sie sich an, damit festgehalten wird, wer zugestimmt hat; dann fragt Microsoft nach Ihrer Zustimmung.',
    consentPermissions:
      'Anwendungs-ID {clientId}. Delegierte Berechtigungen: User.Read, Chat.Read, Presence.Read. Jede gilt nur für Personen, die sich selbst verbinden, und nur mit deren eigener Anmeldung.',
    consentProceed: 'Als Administrator anmelden',
    consentedTitle: 'Zugestimmt',
    consentedWhat:
      'Die Zustimmung von {name} für die Organisation {tid} wurde festgehalten, und Microsoft bestätigt sie.',
    consentedNext:
      'Alle in dieser Organisation können sich nun mit /msteams connect verbinden. Sie können diese Seite schließen.',
    back: 'Zurück zu Mattermost',
    retry: 'Erneut versuchen',
    consentRequest:
      'Bitte erteilen Sie die Administratorzustimmung für die Anwendung „Microsoft Teams for Mattermost“ (Anwendungs-ID {clientId}) im Microsoft Entra Admin Center unter Unternehmensanwendungen → Berechtigungen. Sie fragt nach diesen delegierten Berechtigungen: User.Read, Chat.Read, Presence.Read.',
  },
};
