import { parseArgs } from 'node:util';
import { deliveredMessages } from '../delivered-messages.ts';
import type { Environment } from '../environment.ts';
import { openEnvironment } from '../environment.ts';
import type { FakeTime } from '../fake-time-control.ts';
import { createFakeTime, waitReally } from '../fake-time-control.ts';
import type { MattermostUser } from '../mattermost-user.ts';
import { createMattermostUser } from '../mattermost-user.ts';
import { readMetric } from '../metrics.ts';
import { ALICE, ANN, CHAT_BUDGET, CLIENT_SECRET } from '../sample.ts';
import type { SidecarProcess } from '../sidecar-process.ts';
import { createTeamsUser } from '../teams-user.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Encryption certificates are used for this long. */
const CERTIFICATE_DAYS = 90;
/** The secret that follows the one of the sample. */
const NEXT_SECRET = 'playground-secret-of-next-year';
/** Renewals are minutes apart; each move leaves real time for what fell due. */
const STEP = 5 * MINUTE;
/** Real time for one message; after it, time moves on in small steps until the message is there. */
const PATIENCE_MS = 20 * SECOND;

/** What a scenario with moved time works with. */
export interface Run {
  environment: Environment;
  sidecar: SidecarProcess;
  time: FakeTime;
}

/** What became of a connection and its messages over some days. */
export interface LongRunResult {
  days: number;
  written: number;
  delivered: number;
  duplicates: number;
  /** Longest delay from writing to posting, in milliseconds of moved time. */
  latestMs: number;
  /** Encryption certificates that the sidecar gave Microsoft, one after the other. */
  certificates: number;
  /** Longest life of a subscription that was seen. */
  subscriptionDays: number;
  /** How often the sidecar changed to the next client secret by itself. */
  rollOvers: number;
  counts: Record<string, number>;
  throttled: number;
}

/**
 * Connects Alice and sends her a message every `every` hours for `days` days. At half-time the client secret expires at Microsoft, and
 * the next one, which the sidecar has already, must take over.
 */
async function runLongRun(run: Run, { days, every }: { days: number; every: number }): Promise<LongRunResult> {
  const { microsoft } = run.environment;
  const alice = await connectAlice(run.environment);
  const ann = createTeamsUser(run.environment, ANN);
  const written: string[] = [];
  const seen: Seen = { certificates: new Set(), subscriptionMs: 0 };
  const total = Math.floor((days * 24) / every);
  while (written.length < total) {
    if (written.length === Math.floor(total / 2)) await microsoft.put('/playground/app', SECOND_HALF);
    for (let passed = 0; passed < every * HOUR; passed += STEP) await run.time.move(STEP);
    written.push((await ann.write(CHAT_BUDGET, `Message ${written.length + 1}`)).id);
    await untilPosted(run, written.length);
    await readSubscriptions(run, seen);
    if (written.length % Math.ceil(240 / every) === 0) console.error(`… ${written.length} messages`);
  }
  const { counts, throttled } =
    await microsoft.get<Pick<LongRunResult, 'counts' | 'throttled'>>('/playground/requests');
  return {
    days,
    ...(await verify(alice, written)),
    certificates: seen.certificates.size,
    subscriptionDays: Math.round((seen.subscriptionMs / DAY) * 100) / 100,
    rollOvers: run.sidecar.output().split(ROLLED_OVER).length - 1,
    counts,
    throttled,
  };
}

/** The roll-over at Microsoft: first both secrets are valid, then only the next one. */
const FIRST_HALF = { secrets: [CLIENT_SECRET, NEXT_SECRET] };
const SECOND_HALF = { secrets: [NEXT_SECRET], expiredSecrets: [CLIENT_SECRET] };
/** What the sidecar logs when it changes to the next secret. */
const ROLLED_OVER = 'Another client credential is in use';

interface Seen {
  certificates: Set<string>;
  subscriptionMs: number;
}

/** Signs Alice in with notifications on; her presence in Teams is Offline. */
export async function connectAlice(environment: Environment): Promise<MattermostUser> {
  const alice = await createMattermostUser(environment, 'alice');
  await alice.connect(ALICE);
  await alice.command('/msteams notifications on');
  await createTeamsUser(environment, ALICE).appear('Offline');
  return alice;
}

/**
 * Waits `patienceMs` of real time for this many posted messages, then moves time on in small steps.
 * @throws {Error} not within five hours of moved time
 */
export async function untilPosted(run: Run, count: number, patienceMs = PATIENCE_MS): Promise<void> {
  for (let waited = 0; waited < patienceMs; waited += 50) {
    if ((await countPosted(run)) >= count) return;
    await waitReally(50);
  }
  for (let passed = 0; passed < 5 * HOUR; passed += 15 * SECOND) {
    if ((await countPosted(run)) >= count) return;
    await run.time.move(15 * SECOND);
  }
  const output = run.sidecar.output().slice(-4_000);
  throw new Error(`Only ${await countPosted(run)} of ${count} messages arrived.\n${output}`);
}

/** Messages that the running sidecar has posted. */
export function countPosted({ sidecar }: Pick<Run, 'sidecar'>): Promise<number> {
  return readMetric(sidecar.url, 'deliveries_total', { outcome: 'posted' });
}

async function readSubscriptions({ environment }: Run, seen: Seen): Promise<void> {
  const { value } = await environment.microsoft.get<{
    value: Array<{ certificate: { id: string }; expirationDateTime: string }>;
  }>('/playground/subscriptions');
  for (const { certificate, expirationDateTime } of value) {
    seen.certificates.add(certificate.id);
    seen.subscriptionMs = Math.max(seen.subscriptionMs, Date.parse(expirationDateTime) - Date.now());
  }
}

/** Counts the copies of each message in Alice's posts. Ids of messages are the milliseconds at which they were written. */
export async function verify(
  alice: MattermostUser,
  written: readonly string[],
): Promise<Pick<LongRunResult, 'written' | 'delivered' | 'duplicates' | 'latestMs'>> {
  const delivered = deliveredMessages(await alice.posts());
  const copies = written.map((id) => delivered.filter(({ messageId }) => messageId === id));
  const delays = copies.flatMap((found) => found.map(({ messageId, post }) => post.create_at - Number(messageId)));
  return {
    written: written.length,
    delivered: copies.filter((found) => found.length > 0).length,
    duplicates: copies.filter((found) => found.length > 1).length,
    latestMs: Math.max(0, ...delays),
  };
}

/**
 * True when each message arrived once and within a minute, no limit of Microsoft was exceeded, the client secret rolled over once, and
 * the encryption certificate changed every ninety days.
 */
function isGood(result: LongRunResult): boolean {
  const { written, delivered, duplicates, latestMs, throttled, days, certificates, rollOvers } = result;
  const isComplete = delivered === written && duplicates === 0 && latestMs <= MINUTE && throttled === 0;
  return isComplete && rollOvers === 1 && certificates === 1 + Math.floor(days / CERTIFICATE_DAYS);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { days: { type: 'string', default: '92' }, every: { type: 'string', default: '1' } },
  });
  const time = await createFakeTime();
  const environment = await openEnvironment({
    env: { MICROSOFT_CLIENT_SECRET_NEXT: NEXT_SECRET },
    microsoft: { limits: true },
    fakeTime: time,
  });
  try {
    const sidecar = await environment.startSidecar();
    await environment.microsoft.put('/playground/app', FIRST_HALF);
    const days = Number(values.days);
    const result = await runLongRun({ environment, sidecar, time }, { days, every: Number(values.every) });
    console.log(JSON.stringify(result, null, 2));
    const { delivered, written, duplicates, latestMs } = result;
    console.log(`delivered ${delivered} of ${written}, duplicates ${duplicates}, latest ${latestMs} ms`);
    console.log(
      `certificates ${result.certificates}, secrets rolled over ${result.rollOvers}, ` +
        `subscriptions of ${result.subscriptionDays} days, ${result.counts['POST token'] ?? 0} tokens`,
    );
    process.exitCode = isGood(result) ? 0 : 1;
  } finally {
    await environment.close();
  }
}
