import { createControl } from '../../playground/control.ts';
import { type DeliveredMessage, deliveredMessages } from '../../playground/delivered-messages.ts';
import type { Environment } from '../../playground/environment.ts';
import type { MattermostUser } from '../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../playground/mattermost-user.ts';
import { CONTOSO, type SamplePerson } from '../../playground/sample.ts';
import type { WrittenMessage } from '../../playground/teams-user.ts';
import type { PreferencesView, SessionGrant } from '../../sidecar/src/api/schema.ts';
import { until } from './until.ts';

const SIGN_INS_AT_ONCE = 6;

/** A connected user with notifications on. */
export interface ConnectedUser extends MattermostUser {
  /** The Teams messages in the bot's posts, in the order of reading. */
  delivered(): Promise<DeliveredMessage[]>;
  /** Changes preferences as the settings page does. */
  changePreferences(chosen: Partial<PreferencesView>): Promise<void>;
}

/** Signs the user in at Microsoft as this person and turns notifications on. */
export async function connectUser(
  environment: Environment,
  { username, as, preferences = {} }: { username: string; as: SamplePerson; preferences?: Partial<PreferencesView> },
): Promise<ConnectedUser> {
  const driver = await createMattermostUser(environment, username);
  const page = await driver.connect(as);
  const changePreferences = async (chosen: Partial<PreferencesView>) => {
    const grant = (await driver.command('/msteams --session')).props?.msteams as SessionGrant | undefined;
    if (!grant) throw new Error(`${username} is not connected: ${page}`);
    const headers = { authorization: `Bearer ${grant.session}` };
    const sidecar = createControl(grant.sidecarUrl, { ca: environment.ca, headers });
    await sidecar.put('/api/v1/preferences', chosen).finally(sidecar.close);
  };
  await changePreferences({ enabled: true, ...preferences });
  await until(async () => {
    const { value } = await environment.microsoft.get<{ value: Array<{ resource: string }> }>(
      '/playground/subscriptions',
    );
    return value.some(
      ({ resource }) => resource.toLowerCase().includes(as.oid) || resource === '/chats/getAllMessages',
    );
  }, `the subscription of ${username}`);
  return { ...driver, changePreferences, delivered: async () => deliveredMessages(await driver.posts()) };
}

/** Several readers, a few at a time. */
export async function connectUsers(environment: Environment, residents: readonly NewUser[]): Promise<ConnectedUser[]> {
  const readers: ConnectedUser[] = [];
  for (let start = 0; start < residents.length; start += SIGN_INS_AT_ONCE) {
    const next = residents.slice(start, start + SIGN_INS_AT_ONCE);
    readers.push(...(await Promise.all(next.map((as) => connectUser(environment, { username: as.username, as })))));
  }
  return readers;
}

/** A person who exists in Teams and in Mattermost, under the same address. */
export interface NewUser extends SamplePerson {
  username: string;
}

/** Creates people in Teams and Mattermost; their numbers keep several calls apart. */
export async function createUsers(environment: Environment, numbers: readonly number[]): Promise<NewUser[]> {
  const residents = numbers.map((number) => {
    const digits = String(number).padStart(4, '0');
    return {
      oid: `cccccccc-0000-4000-8000-00000000${digits}`,
      tid: CONTOSO,
      name: `NewUser ${digits}`,
      mail: `resident${digits}@example.com`,
      username: `resident${digits}`,
      presence: { availability: 'Offline', activity: 'Offline' },
    };
  });
  await environment.microsoft.post('/playground/bulk', {
    people: residents.map(({ name, mail, oid, presence }) => ({ name, mail, oid, presence })),
  });
  await environment.mattermost.post('/playground/bulk', {
    users: residents.map(({ username, mail }) => ({ username, email: mail })),
  });
  return residents;
}

/** Ids as they are shown, for comparing what arrived with what was written. */
export function idsOf(messages: ReadonlyArray<DeliveredMessage | WrittenMessage>): string[] {
  return messages.map((message) => ('messageId' in message ? message.messageId : message.id));
}
