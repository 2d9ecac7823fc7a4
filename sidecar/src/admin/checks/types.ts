import type {
  Administration,
  InstalledPlugin,
  Site,
  SlashCommand,
} from '../../core/ports/mattermost-administration.ts';
import type { Clock } from '../../core/time.ts';
import { isTextKey, type TextKey, translatorFor } from '../../i18n/translate.ts';

/** Outcome of a check; `remedy` says what to do, null when there is nothing to do. */
export interface Finding {
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  remedy: string | null;
}

/** One check. `run` never rejects. */
export interface Check {
  id: CheckId;
  title: string;
  run(): Promise<Finding>;
}

/** A check with its finding. */
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

/** Outcome of calling the sidecar through its public address. `ms` is how long the answer took. */
export type Probe =
  | { kind: 'answered'; ms: number }
  | { kind: 'other'; status: number }
  | { kind: 'unreachable'; problem: 'dns' | 'tls' | 'network'; reason: string };

/** Ports and settings of the checks. */
export interface CheckDeps {
  settings: {
    mattermostUrl: string;
    internalUrl: string;
    publicUrl: string;
    commandToken: string;
    tenantId: string;
    clientId: string;
    /** Page on which an administrator grants the permissions. */
    consentUrl: string;
    /** End of the client certificate, null with a secret. */
    certificateEnd: number | null;
    /** `FEED=tenant`: one subscription for the tenant, with application permissions. */
    tenantFeed: boolean;
    /** `FORWARD_FILES`: shared files are attached. */
    forwardsFiles: boolean;
    /** `ACCOUNT_MATCH=email`: e-mail addresses decide who may connect. */
    needsEmail: boolean;
    plugin: { id: string; version: string; minServerVersion: string };
  };
  mattermost: MattermostView;
  /** Mattermost with an administrator's rights, as far as they are available. */
  administrator: Partial<MattermostView> | null;
  /** A call from Mattermost has just reached the sidecar, so its way needs no check. */
  commandProven: boolean;
  microsoft: {
    /** HTTP status of the sign-in service and of Graph (0: no answer), and the time of their `Date` header. */
    reach(): Promise<Array<{ url: string; status: number; time: number | null }>>;
    appToken(): Promise<unknown>;
    /** Application permissions in the app token; null when they cannot be read. */
    appRoles(): Promise<string[] | null>;
    /** Delegated permissions in a user's token; null while there is no connection. */
    scopes(): Promise<string[] | null>;
  };
  sidecar: {
    probe(): Promise<Probe>;
    /** Whether the sidecar runs on this machine, and its local address. */
    runs(): Promise<{ running: boolean; address: string }>;
  };
  store: {
    connections(): Promise<number>;
    subscriptions(): Promise<number>;
    backlog(): Promise<{ items: number; oldestAt: number | null }>;
    deadLetters(): Promise<number>;
    /**
     * End of the newest encryption certificate. Opens its private key too.
     * @throws {AppError} key_unknown, seal_broken
     */
    certificateEnd(): Promise<number | null>;
    /** Time of the last sign-in refused for lack of consent, if none has succeeded since. */
    consentRefusedAt(): Promise<number | null>;
  } | null;
  clock: Clock;
}

/** A text of the checks: its key in the catalogue, without `check.` */
export type CheckText = TextKey extends infer Key ? (Key extends `check.${infer Name}` ? Name : never) : never;

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

/** The texts of the checks for a locale. */
export function wordsIn(locale: string): Words {
  const t = translatorFor(locale);
  const shown = (value: string | number) => (typeof value === 'number' ? value.toLocaleString(t.language) : value);
  const text = (key: CheckText, values: Values = {}) =>
    t(`check.${key}`, Object.fromEntries(Object.entries(values).map(([name, value]) => [name, shown(value)])));
  return {
    text,
    ok: (key, values) => ({ state: 'ok', detail: text(key, values), remedy: null }),
    bad: (state, key, { remedy, ...values } = {}) => {
      const remedyKey = `check.${remedy ?? `${key}.remedy`}`;
      return { state, detail: text(key, values), remedy: isTextKey(remedyKey) ? t(remedyKey, values) : null };
    },
    day: (time) => new Date(time).toLocaleDateString(t.language, { dateStyle: 'long', timeZone: 'UTC' }),
  };
}
