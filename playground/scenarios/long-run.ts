import { parseArgs } from 'node:util';
import { deliveredMessages } from '../delivered-messages.ts';
import type { MattermostUser } from '../mattermost-user.ts';
import { createMattermostUser } from '../mattermost-user.ts';
import type { MovedStage } from '../moved-stage.ts';
import { openMovedStage, reallyWait } from '../moved-stage.ts';
import { ALICE, ANN, CHAT_BUDGET, CLIENT_SECRET } from '../sample.ts';
import { createTeamsUser } from '../teams-user.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Encryption certificates are used for this long. */
const CERTIFICATE_DAYS = 90;
/** The secret that follows the one of the sample. */
const NEXT_SECRET = 'playground-secret-of-next-year';
/** Renewals are minutes apart; between two moves everybody has time for what fell due. */
const STEP = 5 * MINUTE;
/** Real time for one message; afterwards time moves on in small steps until it is there. */
const PATIENCE = 20 * SECOND;

/** How long a connection lived, and what became of the messages meanwhile. */
export interface Life {
  days: number;
  written: number;
  delivered: number;
  doubled: number;
  /** Of the latest message, from writing to post, in milliseconds of moved time. */
  latestMs: number;
  /** Encryption certificates that Microsoft was given, one after the other. */
  certificates: number;
  /** Longest life of a subscription that was seen. */
  subscriptionDays: number;
  /** How often the client secret changed by itself. */
  rollOvers: number;
  counts: Record<string, number>;
  throttled: number;
}

/**
 * Connects Alice and lets her live through these days, with a message from Ann every few hours. At half-time the client secret ends at
 * Microsoft, and the next one, which the sidecar knows already, has to take over.
 */
export async function live(moved: MovedStage, { days, every }: { days: number; every: number }): Promise<Life> {
  const { microsoft } = moved.environment;
  const alice = await connect(moved);
  const ann = createTeamsUser(moved.environment, ANN);
  const written: string[] = [];
  const seen: Seen = { certificates: new Set(), subscriptionMs: 0 };
  const total = Math.floor((days * 24) / every);
  while (written.length < total) {
    if (written.length === Math.floor(total / 2)) await microsoft.put('/playground/app', SECOND_HALF);
    for (let passed = 0; passed < every * HOUR; passed += STEP) await moved.move(STEP);
    written.push((await ann.write(CHAT_BUDGET, `Message ${written.length + 1}`)).id);
    await untilPosted(moved, written.length);
    await look(moved, seen);
    if (written.length % Math.ceil(240 / every) === 0) console.error(`… ${written.length} messages`);
  }
  const { counts, throttled } = await microsoft.get<Pick<Life, 'counts' | 'throttled'>>('/playground/requests');
  return {
    days,
    ...(await judge(alice, written)),
    certificates: seen.certificates.size,
    subscriptionDays: Math.round((seen.subscriptionMs / DAY) * 100) / 100,
    rollOvers: moved.sidecar.output().split(ROLLED_OVER).length - 1,
    counts,
    throttled,
  };
}

/** Microsoft's side of the roll-over: at first both secrets are good, then only the next. */
const FIRST_HALF = { secrets: [CLIENT_SECRET, NEXT_SECRET] };
const SECOND_HALF = { secrets: [NEXT_SECRET], expiredSecrets: [CLIENT_SECRET] };
/** What the sidecar says when it goes on with the next secret. */
const ROLLED_OVER = 'Another client credential is in use';

interface Seen {
  certificates: Set<string>;
  subscriptionMs: number;
}

/** Signs Alice in with notifications on; she is away from Teams. */
export async function connect({ environment }: MovedStage): Promise<MattermostUser> {
  const alice = await createMattermostUser(environment, 'alice');
  await alice.connect(ALICE);
  await alice.command('/msteams notifications on');
  await createTeamsUser(environment, ALICE).appear('Offline');
  return alice;
}

/** Waits for this many posted messages; moves on in small steps when they do not come by themselves. Error: not within five hours. */
export async function untilPosted(moved: MovedStage, count: number, patience = PATIENCE): Promise<void> {
  const posted = () => moved.counted('deliveries_total', 'outcome="posted"');
  for (let waited = 0; waited < patience; waited += 50) {
    if ((await posted()) >= count) return;
    await reallyWait(50);
  }
  for (let passed = 0; passed < 5 * HOUR; passed += 15 * SECOND) {
    if ((await posted()) >= count) return;
    await moved.move(15 * SECOND);
  }
  throw new Error(`Only ${await posted()} of ${count} messages arrived.\n${moved.sidecar.output().slice(-4_000)}`);
}

async function look({ environment }: MovedStage, seen: Seen): Promise<void> {
  const path = '/playground/subscriptions';
  const { value } = await environment.microsoft.get<{
    value: Array<{ certificate: { id: string }; expirationDateTime: string }>;
  }>(path);
  for (const { certificate, expirationDateTime } of value) {
    seen.certificates.add(certificate.id);
    seen.subscriptionMs = Math.max(seen.subscriptionMs, Date.parse(expirationDateTime) - Date.now());
  }
}

/** Each message must be shown once; ids of messages are the milliseconds at which they were written. */
export async function judge(
  alice: MattermostUser,
  written: readonly string[],
): Promise<Pick<Life, 'written' | 'delivered' | 'doubled' | 'latestMs'>> {
  const shown = deliveredMessages(await alice.posts());
  const copies = written.map((id) => shown.filter(({ messageId }) => messageId === id));
  const delays = copies.flatMap((found) => found.map(({ messageId, post }) => post.create_at - Number(messageId)));
  return {
    written: written.length,
    delivered: copies.filter((found) => found.length > 0).length,
    doubled: copies.filter((found) => found.length > 1).length,
    latestMs: Math.max(0, ...delays),
  };
}

/**
 * True when nothing is missing, doubled or more than a minute late, no limit of Microsoft was ever exceeded, and what has to change in
 * so many days has changed: the secret once, the encryption certificate every ninety days.
 */
export function isGood(life: Life): boolean {
  const { written, delivered, doubled, latestMs, throttled, days, certificates, rollOvers } = life;
  const isComplete = delivered === written && doubled === 0 && latestMs <= MINUTE && throttled === 0;
  return isComplete && rollOvers === 1 && certificates === 1 + Math.floor(days / CERTIFICATE_DAYS);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { days: { type: 'string', default: '92' }, every: { type: 'string', default: '1' } },
  });
  const env = { MICROSOFT_CLIENT_SECRET_NEXT: NEXT_SECRET };
  const moved = await openMovedStage({ env, microsoft: { limits: true } });
  try {
    await moved.environment.microsoft.put('/playground/app', FIRST_HALF);
    const life = await live(moved, { days: Number(values.days), every: Number(values.every) });
    console.log(JSON.stringify(life, null, 2));
    console.log(`delivered ${life.delivered} of ${life.written}, doubled ${life.doubled}, latest ${life.latestMs} ms`);
    console.log(
      `certificates ${life.certificates}, secrets rolled over ${life.rollOvers}, subscriptions of ${life.subscriptionDays} days, ` +
        `${life.counts['POST token'] ?? 0} tokens`,
    );
    process.exitCode = isGood(life) ? 0 : 1;
  } finally {
    await moved.close();
  }
}
