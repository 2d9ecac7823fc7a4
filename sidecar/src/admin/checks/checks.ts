import { toAppError } from '../../core/errors.ts';
import {
  checkBot,
  checkBotRights,
  checkCommand,
  checkCommandCall,
  checkMattermost,
  checkPlugin,
  checkSiteUrl,
} from './mattermost.ts';
import { checkCredential, checkMicrosoft, checkPermissions, checkPublicUrl } from './microsoft.ts';
import { checkBacklog, checkCertificate, checkClock, checkDatabase, checkDeadLetters, checkQuota } from './sidecar.ts';
import type { Check, CheckDeps, CheckId, CheckResult, Finding, Words } from './types.ts';
import { wordsIn } from './types.ts';

type Look = (deps: CheckDeps, words: Words) => Promise<Finding>;

/** Every check in the order of the page. When the check `after` failed, this one is skipped. */
const CHECKS: ReadonlyArray<{ id: CheckId; look: Look; after?: CheckId }> = [
  { id: 'mattermost', look: checkMattermost },
  { id: 'bot', look: checkBot, after: 'mattermost' },
  { id: 'bot_rights', look: checkBotRights, after: 'bot' },
  { id: 'site_url', look: checkSiteUrl, after: 'bot' },
  { id: 'command', look: checkCommand, after: 'bot' },
  { id: 'plugin', look: checkPlugin, after: 'mattermost' },
  { id: 'microsoft', look: checkMicrosoft },
  { id: 'credential', look: checkCredential, after: 'microsoft' },
  { id: 'permissions', look: checkPermissions, after: 'credential' },
  { id: 'public_url', look: checkPublicUrl },
  { id: 'command_call', look: checkCommandCall, after: 'public_url' },
  { id: 'database', look: checkDatabase },
  { id: 'certificate', look: checkCertificate, after: 'database' },
  { id: 'quota', look: checkQuota, after: 'database' },
  { id: 'backlog', look: checkBacklog, after: 'database' },
  { id: 'dead_letters', look: checkDeadLetters, after: 'database' },
  { id: 'clock', look: checkClock },
];

/**
 * The checks of `doctor` and the System Console, as data. A check runs when `run` is called, at most once; one whose precondition
 * failed reports that instead.
 */
export function createChecks(deps: CheckDeps, locale: string): Check[] {
  const words = wordsIn(locale);
  const findings = new Map<CheckId, Promise<Finding>>();
  const run = (id: CheckId): Promise<Finding> => {
    const known = findings.get(id);
    if (known) return known;
    const finding = find(id);
    findings.set(id, finding);
    return finding;
  };
  const find = async (id: CheckId): Promise<Finding> => {
    const check = CHECKS.find((candidate) => candidate.id === id);
    if (!check) return words.bad('failed', 'unexpected', { message: id });
    if (check.after && (await run(check.after)).state === 'failed') {
      return words.bad('warning', 'skipped', { title: words.text(`${check.after}.title`) });
    }
    return check.look(deps, words).catch((error: unknown) => unexpected(error, words));
  };
  return CHECKS.map(({ id }) => ({ id, title: words.text(`${id}.title`), run: () => run(id) }));
}

/** Runs all checks concurrently; results in the order of the checks. */
export function runChecks(checks: readonly Check[]): Promise<CheckResult[]> {
  return Promise.all(checks.map(async ({ id, title, run }) => ({ id, title, ...(await run()) })));
}

/** Finding for an unexpected error. Operator texts are always English. */
function unexpected(error: unknown, words: Words): Finding {
  const { message, remedy } = toAppError(error);
  return { state: 'failed', detail: words.text('unexpected', { message }), remedy: remedy ?? null };
}
