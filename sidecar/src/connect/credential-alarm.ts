import type { AppError, ErrorCode } from '../core/errors.ts';
import { toAppError } from '../core/errors.ts';
import { randomToken } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { Bot, Users } from '../core/ports/bot.ts';
import type { Lease, Leases } from '../core/ports/leases.ts';
import type { Clock } from '../core/time.ts';
import { DAY } from '../core/time.ts';
import { credentialProblemMessage } from './messages.ts';

export interface CredentialAlarmDeps {
  leases: Pick<Leases, 'acquire' | 'release'>;
  userByName: Users['userByName'];
  bot: Pick<Bot, 'send'>;
  /** Mattermost usernames from `ALERT_USERS`: the people who can replace the credential. */
  alertUsers: readonly string[];
  clock: Clock;
  log: Log;
}

/** The present problem, for `/readyz`. */
export interface CredentialProblem {
  code: ErrorCode;
  message: string;
  remedy: string | undefined;
  /** Unix milliseconds. */
  since: number;
}

/** The alarm about the credential of the app registration. An operator must replace it; users stay connected meanwhile. */
export interface CredentialAlarm {
  /** Takes each refusal, and null when the credential works again. Never throws, and does not wait for the messages. */
  report(problem: AppError | null): void;
  current(): CredentialProblem | null;
}

/** Logs an error and sends one direct message to each of `alertUsers`, once a day for all replicas together. */
export function createCredentialAlarm(deps: CredentialAlarmDeps): CredentialAlarm {
  let current: CredentialProblem | null = null;
  return {
    current: () => current,
    report(problem) {
      if (problem === null) {
        if (current) deps.log.info({}, 'Microsoft accepts the credential of the app registration again.');
        current = null;
        return;
      }
      const { code, message, remedy } = problem;
      current = { code, message, remedy, since: current?.since ?? deps.clock.now() };
      alarm(deps, problem).catch((error: unknown) => {
        deps.log.error({ err: error, code, remedy }, 'The alarm about the credential of the app registration failed.');
      });
    },
  };
}

async function alarm(deps: CredentialAlarmDeps, problem: AppError): Promise<void> {
  const { code, remedy, fields } = problem;
  const isFirst = (await takeDay(deps, 'credential-alarm')) !== null;
  if (isFirst) deps.log.error({ code, remedy, ...fields }, 'Microsoft refuses the credential of the app registration.');
  for (const username of deps.alertUsers) {
    const lease = await takeDay(deps, `credential-alarm ${username}`);
    if (lease) await tell(deps, { username, problem, lease });
  }
}

/** Takes the lease for a day. Each call is a holder of its own, so one call gets it, also among those of this process. */
function takeDay({ leases, clock }: CredentialAlarmDeps, name: string): Promise<Lease | null> {
  return leases.acquire({ name, holder: randomToken(), now: clock.now(), ms: DAY });
}

/** Gives the lease back on failure, so that the next report tries this user again. */
async function tell(
  deps: CredentialAlarmDeps,
  { username, problem, lease }: { username: string; problem: AppError; lease: Lease },
): Promise<void> {
  try {
    const user = await deps.userByName(username);
    if (user) await deps.bot.send(user.id, credentialProblemMessage(user.locale, problem));
    else deps.log.warn({ username }, 'ALERT_USERS names an account that Mattermost does not know.');
  } catch (error) {
    deps.log.warn({ err: error, username, code: toAppError(error).code }, 'One of ALERT_USERS could not be told.');
    await deps.leases.release(lease);
  }
}
