/** Why a picture or file is not attached to the post. */
export type FileFailure = 'too_large' | 'too_many' | 'not_a_picture' | 'forbidden' | 'not_found' | 'unavailable';

/** Every word a post may hold that did not come from Teams. A language without one of them does not compile. */
export interface Words {
  unknownSender: string;
  guest: string;
  external: string;
  unverified: string;
  phone: string;
  email: string;
  app: string;
  /** Between an app's name and the person it acted for. */
  onBehalfOf: string;
  in: string;
  directChat: string;
  groupChat: string;
  meetingChat: string;
  /** Size of a group, as in "group chat of 5". */
  ofMembers: string;
  important: string;
  urgent: string;
  edited: string;
  /** Before the time a late message was sent. */
  lateSent: string;
  openInTeams: string;
  continueInTeams: string;
  noText: string;
  deleted: string;
  blocked: string;
  systemEvent: string;
  picture: string;
  video: string;
  audio: string;
  attached: string;
  forwarded: string;
  meeting: string;
  joinMeeting: string;
  tab: string;
  card: string;
  snippet: string;
  announcement: string;
  loop: string;
  attachment: string;
  cannotBeShown: string;
  button: string;
  input: string;
  choices: string;
  open: string;
  tax: string;
  total: string;
  failures: Record<FileFailure, string>;
}

const en: Words = {
  unknownSender: 'Unknown sender',
  guest: 'guest',
  external: 'external',
  unverified: 'unverified',
  phone: 'phone',
  email: 'e-mail',
  app: 'app',
  onBehalfOf: 'on behalf of',
  in: 'in',
  directChat: 'direct chat',
  groupChat: 'group chat',
  meetingChat: 'meeting chat',
  ofMembers: 'of',
  important: 'important',
  urgent: 'urgent',
  edited: 'edited',
  lateSent: 'late, sent',
  openInTeams: 'Open in Teams',
  continueInTeams: 'Continue in Teams',
  noText: 'Message without text',
  deleted: 'This message was deleted in Teams.',
  blocked: "This message was blocked by your organisation's data loss prevention policy.",
  systemEvent: 'Event in Teams',
  picture: 'Picture',
  video: 'Video',
  audio: 'Audio',
  attached: 'attached',
  forwarded: 'Forwarded',
  meeting: 'Meeting',
  joinMeeting: 'Join',
  tab: 'Tab',
  card: 'Card',
  snippet: 'Code snippet',
  announcement: 'Announcement',
  loop: 'Loop component',
  attachment: 'Attachment',
  cannotBeShown: 'cannot be shown here',
  button: 'Button',
  input: 'Input',
  choices: 'choices',
  open: 'Open',
  tax: 'Tax',
  total: 'Total',
  failures: {
    too_large: 'too large to attach',
    too_many: 'not attached, a post holds 10 files',
    not_a_picture: 'not attached, it is not a picture',
    forbidden: 'not attached, Teams did not allow it',
    not_found: 'not attached, it is no longer in Teams',
    unavailable: 'not attached, Teams did not answer',
  },
};

const de: Words = {
  unknownSender: 'Unbekannter Absender',
  guest: 'Gast',
  external: 'extern',
  unverified: 'nicht überprüft',
  phone: 'Telefon',
  email: 'E-Mail',
  app: 'App',
  onBehalfOf: 'im Namen von',
  in: 'in',
  directChat: 'Direktchat',
  groupChat: 'Gruppenchat',
  meetingChat: 'Besprechungschat',
  ofMembers: 'mit',
  important: 'wichtig',
  urgent: 'dringend',
  edited: 'bearbeitet',
  lateSent: 'verspätet, gesendet',
  openInTeams: 'In Teams öffnen',
  continueInTeams: 'In Teams weiterlesen',
  noText: 'Nachricht ohne Text',
  deleted: 'Diese Nachricht wurde in Teams gelöscht.',
  blocked: 'Diese Nachricht wurde durch eine Richtlinie Ihrer Organisation zum Schutz vor Datenverlust gesperrt.',
  systemEvent: 'Ereignis in Teams',
  picture: 'Bild',
  video: 'Video',
  audio: 'Audio',
  attached: 'angehängt',
  forwarded: 'Weitergeleitet',
  meeting: 'Besprechung',
  joinMeeting: 'Teilnehmen',
  tab: 'Registerkarte',
  card: 'Karte',
  snippet: 'Codeausschnitt',
  announcement: 'Ankündigung',
  loop: 'Loop-Komponente',
  attachment: 'Anlage',
  cannotBeShown: 'kann hier nicht angezeigt werden',
  button: 'Schaltfläche',
  input: 'Eingabefeld',
  choices: 'Auswahl',
  open: 'Öffnen',
  tax: 'Steuer',
  total: 'Summe',
  failures: {
    too_large: 'zu groß zum Anhängen',
    too_many: 'nicht angehängt, ein Beitrag fasst 10 Dateien',
    not_a_picture: 'nicht angehängt, es ist kein Bild',
    forbidden: 'nicht angehängt, Teams hat es nicht erlaubt',
    not_found: 'nicht angehängt, nicht mehr in Teams vorhanden',
    unavailable: 'nicht angehängt, Teams hat nicht geantwortet',
  },
};

/** The words of a locale (`de`, `de-AT`, …); English for every other. */
export function wordsFor(locale: string): Words {
  return /^de\b/i.test(locale) ? de : en;
}
