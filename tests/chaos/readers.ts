import { createControl } from '../../playground/control.ts';
import type { Environment } from '../../playground/environment.ts';
import { createMattermostUser, type MattermostUser } from '../../playground/mattermost-user.ts';
import { ANN, CONTOSO, DEV, type SamplePerson } from '../../playground/sample.ts';
import type { SessionGrant } from '../../sidecar/src/api/schema.ts';
import type { SeededRandom } from '../support/seeded-random.ts';

/** A connected user: the Mattermost account and the Microsoft account behind it. */
export interface Reader {
  username: string;
  oid: string;
  /** Whether bursts are folded into one post for this user. */
  folds: boolean;
}

/** A chat with its connected members. Ann and Dev write in it; neither of them has a Mattermost account. */
export interface PopulationChat {
  id: string;
  writers: string[];
  readers: Reader[];
}

export interface Population {
  readers: Reader[];
  chats: PopulationChat[];
}

const SIGN_INS_AT_ONCE = 6;

/** Creates users on both sides and their chats, and connects them through the real pages, several at a time. */
export async function connectPopulation(
  environment: Environment,
  random: SeededRandom,
  size: { users: number; chats: number },
): Promise<Population> {
  const people = Array.from({ length: size.users }, (_, index) => newPerson(index));
  const readers = people.map(({ mail, oid }, index) => ({
    username: mail.split('@')[0] ?? '',
    oid,
    folds: index % 2 === 0,
  }));
  const chats = newChats(readers, random, size.chats);
  await environment.microsoft.post('/playground/bulk', {
    people: people.map(({ name, mail, oid }) => ({ name, mail, oid })),
    chats: chats.map(({ id, kind, writers, readers: members }) => ({
      id,
      kind,
      topic: null,
      members: [...writers, ...members.map(({ oid }) => oid)],
    })),
  });
  await environment.mattermost.post('/playground/bulk', {
    users: readers.map(({ username }) => ({ username, email: `${username}@example.com` })),
  });
  const waiting = people.map((person, index) => ({ person, reader: readers[index] }));
  const connectNext = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      if (next.reader) await connect(environment, next.person, next.reader);
    }
  };
  await Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, connectNext));
  return { readers, chats };
}

function newPerson(index: number): SamplePerson {
  const number = String(index + 1).padStart(4, '0');
  return {
    oid: `bbbbbbbb-0000-4000-8000-00000000${number}`,
    tid: CONTOSO,
    name: `Reader ${number}`,
    mail: `reader${number}@example.com`,
    presence: { availability: 'Offline', activity: 'Offline' },
  };
}

/** Half of the chats are one-to-one, as far as there are people for it; the others have two to four connected members. */
function newChats(
  readers: Reader[],
  random: SeededRandom,
  count: number,
): Array<PopulationChat & { kind: 'oneOnOne' | 'group' }> {
  return Array.from({ length: count }, (_, index) => {
    const alone = index % 2 === 0 ? readers[index / 2] : undefined;
    if (alone)
      return {
        id: `19:${alone.oid}_${ANN.oid}@unq.gbl.spaces`,
        kind: 'oneOnOne',
        writers: [ANN.oid],
        readers: [alone],
      };
    const size = random.between(2, 4);
    const members = new Set(Array.from({ length: size }, () => random.pick(readers)));
    const id = `19:${String(index).padStart(32, '0')}@thread.v2`;
    return { id, kind: 'group', writers: [ANN.oid, DEV.oid], readers: [...members] };
  });
}

async function connect(environment: Environment, person: SamplePerson, reader: Reader): Promise<void> {
  const driver = await createMattermostUser(environment, reader.username);
  await driver.connect(person);
  await savePreferences(environment, driver, { enabled: true, when: 'away', fold: reader.folds });
}

/** Chooses as the settings page does: a session through the slash command, then the sidecar's API. */
async function savePreferences(environment: Environment, driver: MattermostUser, chosen: object): Promise<void> {
  const grant = (await driver.command('/msteams --session')).props?.msteams as SessionGrant;
  const headers = { authorization: `Bearer ${grant.session}` };
  const sidecar = createControl(grant.sidecarUrl, { ca: environment.ca, headers });
  const { preferences } = await sidecar.get<{ preferences: object }>('/api/v1/me');
  await sidecar.put('/api/v1/preferences', { ...preferences, ...chosen });
  await sidecar.close();
}
