import { parseArgs } from 'node:util';
import type { Environment } from '../environment.ts';
import { openEnvironment } from '../environment.ts';
import type { FakeTime } from '../fake-time-control.ts';
import { createFakeTime } from '../fake-time-control.ts';
import { createMattermostUser } from '../mattermost-user.ts';
import type { SampleChat, SamplePerson } from '../sample.ts';
import { ANN, CONTOSO } from '../sample.ts';
import { createTeamsUser } from '../teams-user.ts';
import { countPosted } from './long-run.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Real time after each step: a request on its way must not age by more than the limits leave room for. */
const PAUSE_MS = 5;
const MEMBERS = 20;
const SIGN_INS_AT_ONCE = 6;
const OFFLINE = { availability: 'Offline', activity: 'Offline' };

interface LoadUser extends SamplePerson {
  username: string;
}

/** What the sidecar asked of Microsoft, and how often a limit refused it. */
interface LoadResult {
  connections: number;
  posted: number;
  expected: number;
  throttled: number;
  throttledBy: Record<string, number>;
  counts: Record<string, number>;
}

interface Options {
  environment: Environment;
  time: FakeTime;
  /** Connected users. */
  size: number;
  minutes: number;
}

/**
 * Connects `size` users, restarts the sidecar, so that all subscriptions are checked at once, and writes messages in group chats for
 * some minutes, while Microsoft enforces its limits.
 */
async function runLoad({ environment, time, size, minutes }: Options): Promise<LoadResult> {
  const { microsoft } = environment;
  const first = await environment.startSidecar();
  const users = await createUsers(environment, size);
  const chats = await createChats(environment, users);
  await connectAll(environment, users);
  await microsoft.delete('/playground/requests');
  await first.stop();
  const sidecar = await environment.startSidecar();
  const ann = createTeamsUser(environment, ANN);
  let expected = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    const chat = chats[minute % chats.length];
    if (chat) {
      await ann.write(chat, `Minute ${minute}`);
      expected += chat.members.length - 1;
    }
    await time.glide(MINUTE, PAUSE_MS);
    if (minute % 10 === 9) console.error(`… ${minute + 1} minutes`);
  }
  for (let passed = 0; passed < 5 * MINUTE && (await countPosted({ sidecar })) < expected; passed += SECOND)
    await time.glide(SECOND, PAUSE_MS);
  const requests =
    await microsoft.get<Pick<LoadResult, 'counts' | 'throttled' | 'throttledBy'>>('/playground/requests');
  return { connections: size, posted: await countPosted({ sidecar }), expected, ...requests };
}

async function createUsers({ microsoft, mattermost }: Environment, size: number): Promise<LoadUser[]> {
  const users = Array.from({ length: size }, (_, index): LoadUser => {
    const digits = String(index).padStart(4, '0');
    const oid = `dddddddd-0000-4000-8000-00000000${digits}`;
    const [username, mail] = [`user${digits}`, `user${digits}@example.com`];
    return { oid, tid: CONTOSO, name: `User ${digits}`, mail, username, presence: OFFLINE };
  });
  const people = users.map(({ oid, name, mail }) => ({ oid, name, mail, presence: OFFLINE }));
  await microsoft.post('/playground/bulk', { people });
  await mattermost.post('/playground/bulk', {
    users: users.map(({ username, mail }) => ({ username, email: mail })),
  });
  return users;
}

/** Group chats of Ann with twenty users each. */
async function createChats({ microsoft }: Environment, users: readonly LoadUser[]): Promise<SampleChat[]> {
  const chats = Array.from({ length: Math.ceil(users.length / MEMBERS) }, (_, index) => {
    const members = users.slice(index * MEMBERS, (index + 1) * MEMBERS).map(({ oid }) => oid);
    return { kind: 'group', topic: `Group ${index}`, members: [ANN.oid, ...members] };
  });
  return (await microsoft.post<{ chats: SampleChat[] }>('/playground/bulk', { chats })).chats;
}

async function connectAll(environment: Environment, users: readonly LoadUser[]): Promise<void> {
  const queue = users.entries();
  const worker = async () => {
    for (const [at, user] of queue) {
      if (at % 200 === 0) console.error(`… ${at} connected`);
      const mattermostUser = await createMattermostUser(environment, user.username);
      await mattermostUser.connect(user);
      await mattermostUser.command('/msteams notifications on');
    }
  };
  await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, worker));
}

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '2000' }, minutes: { type: 'string', default: '60' } },
});
const time = await createFakeTime();
const environment = await openEnvironment({ microsoft: { limits: true }, fakeTime: time });
try {
  const [size, minutes] = [Number(values.connections), Number(values.minutes)];
  const result = await runLoad({ environment, time, size, minutes });
  console.log(JSON.stringify(result, null, 2));
  console.log(`${result.connections} connections, ${result.throttled} requests refused because of a limit`);
  process.exitCode = result.throttled === 0 && result.posted === result.expected ? 0 : 1;
} finally {
  await environment.close();
}
