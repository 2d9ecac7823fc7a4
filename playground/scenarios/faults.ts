import { parseArgs } from 'node:util';
import type { MattermostUser } from '../mattermost-user.ts';
import type { MovedStage } from '../moved-stage.ts';
import { openMovedStage, reallyWait } from '../moved-stage.ts';
import { ALICE, ANN, CHAT_BUDGET } from '../sample.ts';
import { createTeamsUser } from '../teams-user.ts';
import { connect, judge, untilPosted } from './long-run.ts';

const MINUTE = 60_000;
const STEP = 5 * MINUTE;
/** While a hardship lasts: a message every half hour, for two hours. */
const MESSAGES = 4;
const STEPS_BETWEEN = 6;
const PATIENCE = 1_500;

/** Something that goes wrong at Microsoft. Afterwards everything that was written meanwhile must arrive, once. */
interface Hardship {
  fault: Record<string, unknown> & { kind: string };
  /** What the person has to do afterwards. */
  afterwards?: 'connect again';
}

/** Every kind of fault that the small Microsoft knows and that can meet somebody who is connected already. */
export const HARDSHIPS: Record<string, Hardship> = {
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
  'validation token of another organisation': { fault: { kind: 'token_wrong_tid' } },
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

/** What became of the messages of one hardship. */
export interface Outcome {
  written: number;
  delivered: number;
  doubled: number;
  /** Of the latest, from writing to post, in milliseconds of moved time. */
  latestMs: number;
}

/** Lives through one hardship and the hours after it. Error: not all arrived. */
export async function endure(
  moved: MovedStage,
  alice: MattermostUser,
  { fault, afterwards }: Hardship,
): Promise<Outcome> {
  const { microsoft } = moved.environment;
  const ann = createTeamsUser(moved.environment, ANN);
  const posted = () => moved.counted('deliveries_total', 'outcome="posted"');
  const before = await posted();
  await microsoft.post('/playground/faults', fault);
  const written: string[] = [];
  while (written.length < MESSAGES) {
    for (let step = 0; step < STEPS_BETWEEN; step += 1) await moved.move(STEP);
    written.push((await ann.write(CHAT_BUDGET, `${fault.kind} ${written.length + 1}`)).id);
    await patiently(async () => (await posted()) >= before + written.length);
  }
  await microsoft.delete('/playground/faults');
  if (afterwards) await alice.connect(ALICE);
  await untilPosted(moved, before + MESSAGES, PATIENCE);
  // Whatever comes twice comes within the four hours for which Microsoft repeats.
  for (let step = 0; step < 48; step += 1) await moved.move(STEP);
  return judge(alice, written);
}

/** Real time for what can be done at once: a jump in the middle of it would look like a process that slept. */
async function patiently(isDone: () => Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < PATIENCE && !(await isDone()); waited += 50) await reallyWait(50);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { only: { type: 'string' }, echo: { type: 'boolean', default: false } } });
  const names = values.only?.split(',') ?? Object.keys(HARDSHIPS);
  const moved = await openMovedStage({ echo: values.echo });
  try {
    const alice = await connect(moved);
    for (const name of names) {
      const hardship = HARDSHIPS[name];
      if (!hardship) throw new Error(`There is no hardship "${name}".`);
      const { written, delivered, doubled, latestMs } = await endure(moved, alice, hardship);
      const minutes = Math.round(latestMs / MINUTE);
      console.log(`${name}: delivered ${delivered} of ${written}, doubled ${doubled}, latest after ${minutes} min`);
      if (delivered !== written || doubled > 0) process.exitCode = 1;
    }
  } finally {
    await moved.close();
  }
}
