/** The sample tenant. */
export const CONTOSO = '11111111-aaaa-4bbb-8ccc-000000000001';
/** A tenant that the sample app registration does not serve. */
export const FABRIKAM = '22222222-aaaa-4bbb-8ccc-000000000002';
/** The sample app registration; its secret is for the playground only. */
export const CLIENT_ID = '33333333-aaaa-4bbb-8ccc-000000000003';
export const CLIENT_SECRET = 'playground-secret';
/** Object id of the app's service principal in the sample tenant. */
export const SERVICE_PRINCIPAL = '44444444-aaaa-4bbb-8ccc-000000000004';

/** One of the sample people. Their addresses double as user principal names. */
export interface SamplePerson {
  oid: string;
  tid: string;
  name: string;
  mail: string;
  presence: { availability: string; activity: string };
}

/** One of the sample chats; `members` are object ids. */
export interface SampleChat {
  id: string;
  kind: 'oneOnOne' | 'group' | 'meeting';
  topic: string | null;
  members: string[];
}

const ACTIVE = { availability: 'Available', activity: 'Available' };
const OFFLINE = { availability: 'Offline', activity: 'Offline' };

function person(number: number, name: string, mail: string): SamplePerson {
  const oid = `aaaaaaaa-0000-4000-8000-00000000000${number}`;
  return { oid, tid: CONTOSO, name, mail, presence: OFFLINE };
}

export const ALICE = person(1, 'Alice Adams', 'alice@example.com');
export const BOB = person(2, 'Bob Brown', 'bob@example.com');
export const CAROL = person(3, 'Carol Clark', 'carol@example.com');
export const ANN: SamplePerson = { ...person(4, 'Ann Lee', 'ann.lee@example.com'), presence: ACTIVE };
export const DEV: SamplePerson = { ...person(5, 'Dev Patel', 'dev.patel@example.com'), presence: ACTIVE };
export const MALLORY: SamplePerson = { ...person(6, 'Mallory Fox', 'mallory@fabrikam.example'), tid: FABRIKAM };

/** All sample people. Alice, Bob and Carol also exist in the Mattermost emulator; their presence is Offline at first. */
export const PEOPLE: readonly SamplePerson[] = [ALICE, BOB, CAROL, ANN, DEV, MALLORY];

export const CHAT_ALICE_ANN: SampleChat = {
  id: `19:${ALICE.oid}_${ANN.oid}@unq.gbl.spaces`,
  kind: 'oneOnOne',
  topic: null,
  members: [ALICE.oid, ANN.oid],
};
export const CHAT_GROUP: SampleChat = {
  id: '19:2da4c29f6d7041eca70b638b43d45437@thread.v2',
  kind: 'group',
  topic: null,
  members: [ALICE.oid, ANN.oid, DEV.oid, BOB.oid, CAROL.oid],
};
export const CHAT_BUDGET: SampleChat = {
  id: '19:7b1f0c9a3d5e4f60a1b2c3d4e5f60718@thread.v2',
  kind: 'group',
  topic: 'Budget 2027',
  members: [ALICE.oid, ANN.oid, DEV.oid],
};
export const CHAT_MEETING: SampleChat = {
  id: '19:meeting_V2Vla2x5U3luY1NhbXBsZTIwMjY@thread.v2',
  kind: 'meeting',
  topic: 'Weekly sync',
  members: [ALICE.oid, ANN.oid, DEV.oid, BOB.oid],
};

/** The sample chats: one of each kind, and a group without a topic. */
export const CHATS: readonly SampleChat[] = [CHAT_ALICE_ANN, CHAT_GROUP, CHAT_BUDGET, CHAT_MEETING];
