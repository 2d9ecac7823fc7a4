import { parseArgs } from 'node:util';
import { createMattermostUser } from '../mattermost-user.ts';
import type { MovedStage } from '../moved-stage.ts';
import { openMovedStage } from '../moved-stage.ts';
import type { SampleChat, SamplePerson } from '../sample.ts';
import { ANN, CONTOSO } from '../sample.ts';
import { createTeamsUser } from '../teams-user.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Real time for every step: requests on their way must not age by more than the limits leave room for. */
const PAUSE = 5;
const MEMBERS = 20;
const SIGN_INS_AT_ONCE = 6;
const OFFLINE = { availability: 'Offline', activity: 'Offline' };

interface Fellow extends SamplePerson {
  username: string;
}

/** What Microsoft was asked, and how often it had to refuse because of a limit. */
interface CrowdResult {
  connections: number;
  posted: number;
  expected: number;
  throttled: number;
  throttledBy: Record<string, number>;
  counts: Record<string, number>;
}

/**
 * Connects that many people, starts the sidecar anew, so that everything is looked after at once, and lets them live for some minutes
 * with messages in their group chats, while Microsoft keeps to its limits.
 */
async function gather(moved: MovedStage, { size, minutes }: { size: number; minutes: number }): Promise<CrowdResult> {
  const fellows = await invite(moved, size);
  const chats = await group(moved, fellows);
  await connectAll(moved, fellows);
  const { microsoft } = moved.environment;
  await microsoft.delete('/playground/requests');
  await moved.restart();
  const ann = createTeamsUser(moved.environment, ANN);
  let expected = 0;
  for (let minute = 0; minute < minutes; minute += 1) {
    const chat = chats[minute % chats.length];
    if (chat) {
      await ann.write(chat, `Minute ${minute}`);
      expected += chat.members.length - 1;
    }
    await moved.glide(MINUTE, PAUSE);
    if (minute % 10 === 9) console.error(`… ${minute + 1} minutes`);
  }
  for (let passed = 0; passed < 5 * MINUTE && (await posted(moved)) < expected; passed += SECOND)
    await moved.glide(SECOND, PAUSE);
  const requests =
    await microsoft.get<Pick<CrowdResult, 'counts' | 'throttled' | 'throttledBy'>>('/playground/requests');
  return { connections: size, posted: await posted(moved), expected, ...requests };
}

function posted(moved: MovedStage): Promise<number> {
  return moved.counted('deliveries_total', 'outcome="posted"');
}

async function invite({ environment }: MovedStage, size: number): Promise<Fellow[]> {
  const fellows = Array.from({ length: size }, (_, index): Fellow => {
    const digits = String(index).padStart(4, '0');
    const oid = `dddddddd-0000-4000-8000-00000000${digits}`;
    const [username, mail] = [`fellow${digits}`, `fellow${digits}@example.com`];
    return { oid, tid: CONTOSO, name: `Fellow ${digits}`, mail, username, presence: OFFLINE };
  });
  const people = fellows.map(({ oid, name, mail }) => ({ oid, name, mail, presence: OFFLINE }));
  await environment.microsoft.post('/playground/bulk', { people });
  await environment.mattermost.post('/playground/bulk', {
    users: fellows.map(({ username, mail }) => ({ username, email: mail })),
  });
  return fellows;
}

async function group({ environment }: MovedStage, fellows: readonly Fellow[]): Promise<SampleChat[]> {
  const chats = Array.from({ length: Math.ceil(fellows.length / MEMBERS) }, (_, index) => {
    const members = fellows.slice(index * MEMBERS, (index + 1) * MEMBERS).map(({ oid }) => oid);
    return { kind: 'group', topic: `Group ${index}`, members: [ANN.oid, ...members] };
  });
  return (await environment.microsoft.post<{ chats: SampleChat[] }>('/playground/bulk', { chats })).chats;
}

async function connectAll({ environment }: MovedStage, fellows: readonly Fellow[]): Promise<void> {
  const queue = fellows.entries();
  const worker = async () => {
    for (const [at, fellow] of queue) {
      if (at % 200 === 0) console.error(`… ${at} connected`);
      const person = await createMattermostUser(environment, fellow.username);
      await person.connect(fellow);
      await person.command('/msteams notifications on');
    }
  };
  await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, worker));
}

const { values } = parseArgs({
  options: { connections: { type: 'string', default: '2000' }, minutes: { type: 'string', default: '60' } },
});
const moved = await openMovedStage({ microsoft: { limits: true } });
try {
  const result = await gather(moved, { size: Number(values.connections), minutes: Number(values.minutes) });
  console.log(JSON.stringify(result, null, 2));
  console.log(`${result.connections} connections, ${result.throttled} requests refused because of a limit`);
  process.exitCode = result.throttled === 0 && result.posted === result.expected ? 0 : 1;
} finally {
  await moved.close();
}
