import type { Log } from '../core/log.ts';
import type { AllowList, InstallationState, Invitations } from '../core/ports/installation.ts';
import { isTimeZone } from '../core/preferences.ts';
import type { Clock } from '../core/time.ts';
import type { Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** A user who may be invited. */
export interface Candidate {
  id: string;
  username: string;
  locale: string;
  /** IANA name, null when unknown. */
  timeZone?: string | null;
  isBot: boolean;
  deactivated: boolean;
}

export interface InvitationsDeps {
  installationState: InstallationState;
  invitations: Invitations;
  connections: { count(): Promise<number>; findByUser(userId: string): Promise<unknown> };
  maximum: number | null;
  /** Users who may connect: those on the allow-list, or all without guests when it is empty. */
  candidates(): AsyncIterable<Candidate>;
  send(userId: string, reply: Reply): Promise<void>;
  clock: Clock;
  log: Log;
}

const CAP = 'invitation_cap';
/** Users invited in one wave, so that the bot's messages are spread over time. */
const WAVE = 100;

/** Invitations to connect, sent by the bot in waves: each user at most once, and not at a weekend in the user's time zone. */
export function createInvitations(deps: InvitationsDeps) {
  const cap = async () => Number((await deps.installationState.read(CAP))?.value ?? 0);
  return {
    view: async () => ({ cap: await cap(), pending: await deps.invitations.pending() }),
    setCap: async (next: number) => {
      await deps.installationState.write(CAP, String(next), deps.clock.now());
      return { cap: next, pending: await deps.invitations.pending() };
    },
    /** Sends one wave within the cap. Resolves to the number of users invited. */
    runWave: async () => sendWave(deps, await cap()),
  };
}

async function sendWave(deps: InvitationsDeps, cap: number): Promise<number> {
  const { invitations, connections, clock, log } = deps;
  let room = Math.min(WAVE, await roomFor(deps, cap));
  let sent = 0;
  if (room <= 0) return 0;
  for await (const user of deps.candidates()) {
    if (user.isBot || user.deactivated || isWeekend(clock.now(), user.timeZone ?? null)) continue;
    if ((await invitations.has(user.id)) || (await connections.findByUser(user.id)) !== null) continue;
    // Stored before it is sent: a lost message is better than a second invitation.
    if (!(await invitations.add(user.id, clock.now()))) continue;
    await deps.send(user.id, invitation(user));
    sent += 1;
    room -= 1;
    if (room === 0) break;
  }
  if (sent > 0) log.info({ count: sent }, 'People were invited to connect.');
  return sent;
}

/** Pending invitations and connections together stay within the maximum. */
async function roomFor({ invitations, connections, maximum }: InvitationsDeps, cap: number): Promise<number> {
  if (cap === 0) return 0;
  const pending = await invitations.pending();
  const free = maximum === null ? Number.POSITIVE_INFINITY : maximum - (await connections.count()) - pending;
  return Math.min(cap - pending, free);
}

/** Whether it is Saturday or Sunday in the time zone; UTC when it is unknown. */
export function isWeekend(now: number, timeZone: string | null): boolean {
  const day = new Intl.DateTimeFormat('en', {
    weekday: 'short',
    timeZone: timeZone !== null && isTimeZone(timeZone) ? timeZone : 'UTC',
  }).format(now);
  return day === 'Sat' || day === 'Sun';
}

function invitation({ username, locale }: Candidate): Reply {
  const t = translatorFor(locale);
  return {
    text: t('invitation.text', { username }),
    buttons: [
      { label: t('invitation.connect'), style: 'primary', action: 'connect' },
      { label: t('connect.notNow'), style: 'default', action: 'not_now' },
    ],
  };
}

export interface CandidatePorts {
  allowList: Pick<AllowList, 'all'>;
  /** Null for an address that no account has. */
  userByEmail(email: string): Promise<Candidate | null>;
  /** All accounts but guests, page by page from 0. */
  people(page: number): Promise<{ users: Candidate[]; isLast: boolean }>;
}

/** The users who may connect: those on the allow-list, or all accounts but guests while it is empty. */
export async function* invitationCandidates(ports: CandidatePorts): AsyncGenerator<Candidate> {
  const emails = await ports.allowList.all();
  for (const email of emails) {
    const user = await ports.userByEmail(email);
    if (user) yield user;
  }
  if (emails.length > 0) return;
  for (let page = 0; ; page += 1) {
    const { users, isLast } = await ports.people(page);
    if (isLast) return;
    yield* users;
  }
}
