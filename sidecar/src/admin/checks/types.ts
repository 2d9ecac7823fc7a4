import type { Catalogue, Language } from '../../core/i18n.ts';
import { fill } from '../../core/i18n.ts';
import type {
  Administration,
  InstalledPlugin,
  Site,
  SlashCommand,
} from '../../core/ports/mattermost-administration.ts';
import type { Clock } from '../../core/time.ts';
import { CHECK_TEXTS_DE } from '../check-texts-de.ts';
import type { CheckText } from '../check-texts-en.ts';
import { CHECK_TEXTS_EN } from '../check-texts-en.ts';

/** What a check found; `remedy` says what to do, null when there is nothing to do. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  remedy: string | null;
}

/** One thing to look at. `run` never rejects. */
export interface Check {
  id: CheckId;
  title: string;
  run(): Promise<Finding>;
}

/** A check with what it found. */
export type CheckResult = Finding & Pick<Check, 'id' | 'title'>;

export type CheckId =
  | 'mattermost'
  | 'bot'
  | 'bot_rights'
  | 'site_url'
  | 'command'
  | 'command_call'
  | 'plugin'
  | 'microsoft'
  | 'credential'
  | 'permissions'
  | 'certificate'
  | 'public_url'
  | 'quota'
  | 'database'
  | 'clock'
  | 'backlog'
  | 'dead_letters';

/** Mattermost, as the bot or as an administrator sees it. */
export interface MattermostView
  extends Pick<Administration, 'self' | 'time' | 'teams' | 'tryCommand' | 'pluginStatuses'> {
  site(): Promise<Pick<Site, 'url' | 'version' | 'showsEmail' | 'directMessagesNeedTeam'>>;
  commands(teamId: string): Promise<Array<Pick<SlashCommand, 'url' | 'token'>>>;
  offeredCommands(teamId: string): Promise<unknown[]>;
  activePlugins(): Promise<Array<Pick<InstalledPlugin, 'id' | 'version'>>>;
}

/** What a page outside shows of the sidecar, or why not. */
export type Probe =
  | { kind: 'answered'; ms: number }
  | { kind: 'other'; status: number }
  | { kind: 'unreachable'; problem: 'dns' | 'tls' | 'network'; reason: string };

/** What the checks need of the rest. */
export interface CheckDeps {
  settings: {
    mattermostUrl: string;
    internalUrl: string;
    publicUrl: string;
    commandToken: string;
    tenantId: string;
    clientId: string;
    /** Where an administrator grants the permissions. */
    consentUrl: string;
    /** End of the client certificate, null with a secret. */
    certificateEnd: number | null;
    /** One subscription for the organisation, made with the application's own rights. */
    tenantFeed: boolean;
    /** Shared files are attached, with the user's permission to read them. */
    forwardsFiles: boolean;
    /** Who may connect is decided by e-mail addresses. */
    needsEmail: boolean;
    plugin: { id: string; version: string; minServerVersion: string };
  };
  mattermost: MattermostView;
  /** What an administrator sees, as far as one is there. */
  administrator: Partial<MattermostView> | null;
  /** Mattermost's call has reached the sidecar a moment ago: whoever asks came that way. */
  commandProven: boolean;
  microsoft: {
    /** Sign-in authority and Graph: whether each answers, and the time there. */
    reach(): Promise<Array<{ url: string; status: number; time: number | null }>>;
    appToken(): Promise<unknown>;
    /** The application's own permissions, null when they cannot be read. */
    appRoles(): Promise<string[] | null>;
    /** The permissions in a user's token, null while there is none. */
    scopes(): Promise<string[] | null>;
  };
  sidecar: {
    probe(): Promise<Probe>;
    /** Whether it runs here, and where it listens. */
    runs(): Promise<{ running: boolean; address: string }>;
  };
  store: {
    connections(): Promise<number>;
    subscriptions(): Promise<number>;
    backlog(): Promise<{ items: number; oldestAt: number | null }>;
    deadLetters(): Promise<number>;
    /** The newest encryption certificate's end; opens its key, so that a missing one shows: errors `key_unknown`, `seal_broken`. */
    certificateEnd(): Promise<number | null>;
    /** When a sign-in was last refused because the permissions are not granted, after every good one. */
    consentRefusedAt(): Promise<number | null>;
  } | null;
  clock: Clock;
}

const TEXTS: Catalogue<CheckText> = { en: CHECK_TEXTS_EN, de: CHECK_TEXTS_DE };

type Values = Record<string, string | number>;
/** A text of the findings: a key that is no title. */
type Detail = Exclude<CheckText, `${string}.title` | `${string}.remedy`>;

/** Findings in one language. */
export interface Words {
  text(key: CheckText, values?: Values): string;
  ok(key: Detail, values?: Values): Finding;
  /** `remedy` is the text that says what to do; by default `key.remedy`. */
  bad(state: 'warning' | 'failed', key: Detail, values?: Values & { remedy?: CheckText }): Finding;
  /** A day as people there write it. */
  day(time: number): string;
}

/** The texts of the checks in that language. */
export function wordsIn(language: Language): Words {
  const shown = (value: string | number) => (typeof value === 'number' ? value.toLocaleString(language) : value);
  const text = (key: CheckText, values: Values = {}) =>
    fill(TEXTS[language][key], Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)])));
  return {
    text,
    ok: (key, values) => ({ state: 'ok', detail: text(key, values), remedy: null }),
    bad: (state, key, values = {}) => {
      const remedy = values.remedy ?? (`${key}.remedy` as CheckText);
      return { state, detail: text(key, values), remedy: remedy in TEXTS.en ? text(remedy, values) : null };
    },
    day: (time) => new Date(time).toLocaleDateString(language, { dateStyle: 'long', timeZone: 'UTC' }),
  };
}
