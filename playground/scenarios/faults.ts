import { parseArgs } from 'node:util';
import { openEnvironment } from '../environment.ts';
import { createFakeTime, waitReally } from '../fake-time-control.ts';
import type { MattermostUser } from '../mattermost-user.ts';
import { ALICE, ANN, CHAT_BUDGET } from '../sample.ts';
import { createTeamsUser } from '../teams-user.ts';
import type { LongRunResult, Run } from './long-run.ts';
import { connectAlice, countPosted, untilPosted, verify } from './long-run.ts';

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
/** While a fault lasts: a message every half hour, for two hours. */
const MESSAGES = 4;
const STEPS_BETWEEN = 6;
/** Real time for what the sidecar can do without waiting. */
const PATIENCE_MS = 1_500;
/** Microsoft repeats a notification for four hours: a duplicate comes within this many steps. */
const STEPS_AFTER = 48;

/** A fault of the Microsoft emulator. Everything that was written during it must arrive afterwards, once. */
interface FaultCase {
  fault: Record<string, unknown> & { kind: string };
  /** What the user has to do afterwards. */
  afterwards?: 'connect again';
}

/** Every kind of fault of the Microsoft emulator that can happen to a connected user. */
const FAULTS: Record<string, FaultCase> = {
  'presence throttled': { fault: { kind: 'throttle', operation: 'GET presence', retryAfterSeconds: 90 } },
  'chats throttled': { fault: { kind: 'throttle', operation: 'GET chat', retryAfterSeconds: 90, times: 3 } },
  'renewals throttled': { fault: { kind: 'throttle', operation: 'PATCH subscription', retryAfterSeconds: 600 } },
  'lists throttled': { fault: { kind: 'throttle', operation: 'GET chats', retryAfterSeconds: 600 } },
  'tokens throttled': { fault: { kind: 'throttle', operation: 'token', retryAfterSeconds: 300 } },
  'renewals failing': { fault: { kind: 'error', operation: 'PATCH subscription', status: 503 } },
  'renewals not found': { fault: { kind: 'error', operation: 'PATCH subscription', status: 404, times: 1 } },
  'tokens failing': { fault: { kind: 'error', operation: 'token', status: 500 } },
  'slow answers': { fault: { kind: 'delay', operation: 'PATCH subscription', ms: 300 } },
  'notifications twice': { fault: { kind: 'duplicate', copies: 3 } },
  'notifications in disorder': { fault: { kind: 'reorder', window: 4 } },
  'notifications lost': { fault: { kind: 'lose' } },
  'encrypted for another key': { fault: { kind: 'wrong_key' } },
  'changed content': { fault: { kind: 'tampered_data' } },
  'changed signature': { fault: { kind: 'tampered_signature' } },
  'wrong client state': { fault: { kind: 'wrong_client_state' } },
  'no validation token': { fault: { kind: 'token_null' } },
  'validation token of version 1': { fault: { kind: 'token_v1' } },
  'validation token of another sender': { fault: { kind: 'token_wrong_azp' } },
  'validation token for another application': { fault: { kind: 'token_wrong_aud' } },
  'validation token of another tenant': { fault: { kind: 'token_wrong_tid' } },
  'validation token expired': { fault: { kind: 'token_expired' } },
  'validation token with a false signature': { fault: { kind: 'token_bad_signature' } },
  'sign-in service unavailable': {
    fault: { kind: 'entra_error', error: 'temporarily_unavailable', code: 90033, grant: 'refresh_token' },
  },
  'client secret expired': {
    fault: { kind: 'entra_error', error: 'invalid_client', code: 7000222, grant: 'refresh_token' },
  },
  'access tokens ended': { fault: { kind: 'expire_access_tokens' } },
  'sign-in revoked': { fault: { kind: 'revoke', oid: ALICE.oid }, afterwards: 'connect again' },
};

/**
 * Plays one fault and the hours after it.
 * @throws {Error} not all messages arrived
 */
async function runFault(
  run: Run,
  alice: MattermostUser,
  { fault, afterwards }: FaultCase,
): Promise<Pick<LongRunResult, 'written' | 'delivered' | 'duplicates' | 'latestMs'>> {
  const { microsoft } = run.environment;
  const ann = createTeamsUser(run.environment, ANN);
  const before = await countPosted(run);
  await microsoft.post('/playground/faults', fault);
  const written: string[] = [];
  while (written.length < MESSAGES) {
    for (let step = 0; step < STEPS_BETWEEN; step += 1) await run.time.move(STEP);
    written.push((await ann.write(CHAT_BUDGET, `${fault.kind} ${written.length + 1}`)).id);
    await waitPatiently(async () => (await countPosted(run)) >= before + written.length);
  }
  await microsoft.delete('/playground/faults');
  if (afterwards) await alice.connect(ALICE);
  await untilPosted(run, before + MESSAGES, PATIENCE_MS);
  for (let step = 0; step < STEPS_AFTER; step += 1) await run.time.move(STEP);
  return verify(alice, written);
}

/** Leaves real time for what needs no wait: a jump in the middle of it would look like a suspended process. */
async function waitPatiently(isDone: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < PATIENCE_MS && !(await isDone()); waited += 50) await waitReally(50);
}

const { values } = parseArgs({ options: { only: { type: 'string' }, echo: { type: 'boolean', default: false } } });
const names = values.only?.split(',') ?? Object.keys(FAULTS);
const time = await createFakeTime();
const environment = await openEnvironment({ echo: values.echo, fakeTime: time });
try {
  const sidecar = await environment.startSidecar();
  const alice = await connectAlice(environment);
  for (const name of names) {
    const fault = FAULTS[name];
    if (!fault) throw new Error(`There is no fault "${name}".`);
    const { written, delivered, duplicates, latestMs } = await runFault({ environment, sidecar, time }, alice, fault);
    const minutes = Math.round(latestMs / MINUTE);
    console.log(`${name}: delivered ${delivered} of ${written}, duplicates ${duplicates}, latest after ${minutes} min`);
    if (delivered !== written || duplicates > 0) process.exitCode = 1;
  }
} finally {
  await environment.close();
}
