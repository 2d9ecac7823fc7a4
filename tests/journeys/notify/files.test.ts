import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createControl } from '../../../playground/control.ts';
import { type Environment, openEnvironment } from '../../../playground/environment.ts';
import { createMattermostUser, type MattermostUser, type StoredPost } from '../../../playground/mattermost-user.ts';
import { ALICE, ANN, BOB, CAROL, CHAT_GROUP, type SamplePerson } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import type { ChecksResponse, CheckView } from '../../../sidecar/src/api/admin-schema.ts';
import type { SessionGrant } from '../../../sidecar/src/api/schema.ts';

/** The smallest PNG: one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const FOLDER = 'https://contoso-my.sharepoint.com/personal/ann_lee/Documents';
const PLAN = `${FOLDER}/Plan 2027 (final).pdf`;
const BIG = `${FOLDER}/Film.mp4`;
const SECRET = `${FOLDER}/Salaries.xlsx`;
const PLAN_BYTES = Buffer.from('%PDF-1.7 the plan');

describe('pictures and files', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: MattermostUser;
  let bob: MattermostUser;
  let carol: MattermostUser;

  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    alice = await connect(environment, ALICE);
    bob = await connect(environment, BOB);
    await share(environment, { url: PLAN, bytes: PLAN_BYTES, readers: [ALICE, CAROL] });
    await share(environment, { url: BIG, bytes: Buffer.alloc(1024 * 1024 + 1), readers: [ALICE, CAROL] });
    await share(environment, { url: SECRET, bytes: Buffer.from('for nobody here'), readers: [] });
  });
  after(() => environment?.close());

  test('a picture is fetched once for all who receive its message', async () => {
    carol = await connect(environment, CAROL);
    await createTeamsUser(environment, ANN).write(CHAT_GROUP, '<p>Look <img src="{{hosted:0}}" alt="chart"></p>', {
      hostedContents: [{ contentType: 'image/png', base64: PIXEL }],
    });
    await settled(environment, sidecar.url);
    for (const person of [alice, bob, carol]) {
      assert.equal(await contentOf(environment, await newest(person)), Buffer.from(PIXEL, 'base64').toString('hex'));
    }
    assert.equal(await asked(environment, 'hostedContents/{hostedId}/$value'), 1);
  });

  test('files stay links, and Microsoft is asked for nothing', async () => {
    await shareInChat(environment, [PLAN]);
    await settled(environment, sidecar.url);
    assert.match((await newest(alice)).message, /📕 \[Plan 2027 \(final\)\.pdf\]\(https:[^)]+\)$/m);
    assert.equal(await asked(environment, '/driveItem/content'), 0);
  });

  test('with FORWARD_FILES a user connected before stays connected, and is told why there is no file', async () => {
    await sidecar.stop();
    sidecar = await environment.startSidecar({ env: { FORWARD_FILES: 'true', FORWARD_FILES_MAX_MB: '1' } });
    await shareInChat(environment, [PLAN]);
    await settled(environment, sidecar.url);
    assert.match(
      (await newest(alice)).message,
      /\[Plan 2027 \(final\)\.pdf\]\(https:[^)]+\) \(not attached, Teams did not allow it\)/,
    );
  });

  test('the checks name the missing permission', async () => {
    const { state, detail, remedy } = await permissionCheck(environment);
    assert.equal(state, 'warning');
    assert.match(detail, /Files\.Read\.All/);
    assert.match(remedy ?? '', /\/admin\/consent/);
  });

  test('after signing in again a file arrives with its message, and an unavailable file is named', async () => {
    await carol.confirm('/msteams disconnect');
    await connect(environment, CAROL);
    await shareInChat(environment, [PLAN, BIG, SECRET]);
    await settled(environment, sidecar.url);
    const post = await newest(carol);
    assert.match(post.message, /📕 Plan 2027 \(final\)\.pdf \((?:attached|angehängt)\)/);
    assert.match(post.message, /\[Film\.mp4\]\(https:[^)]+\) \(too large to attach\)/);
    assert.match(post.message, /\[Salaries\.xlsx\]\(https:[^)]+\) \(not attached, Teams did not allow it\)/);
    assert.equal(await contentOf(environment, post), PLAN_BYTES.toString('hex'));
  });
});

/** What the System Console shows of the granted permissions. */
async function permissionCheck(environment: Environment): Promise<Pick<CheckView, 'state' | 'detail' | 'remedy'>> {
  const { command } = await createMattermostUser(environment, 'admin');
  const grant = (await command('/msteams --session')).props?.msteams as SessionGrant;
  const admin = createControl(`${environment.publicUrl}/api/v1/admin`, {
    ca: environment.ca,
    headers: { authorization: `Bearer ${grant.session}` },
  });
  try {
    const { checks } = await admin.post<ChecksResponse>('/checks', { teams: [], commands: [], plugins: [] });
    const found = checks.find(({ id }) => id === 'permissions');
    assert.ok(found);
    return found;
  } finally {
    await admin.close();
  }
}

/** Connects a person, with notifications on and away from Teams. */
async function connect(environment: Environment, person: SamplePerson): Promise<MattermostUser> {
  const driver = await createMattermostUser(environment, person.name.split(' ')[0]?.toLowerCase() ?? '');
  await driver.connect(person);
  await driver.command('/msteams notifications on');
  await createTeamsUser(environment, person).appear('Offline');
  return driver;
}

async function shareInChat(environment: Environment, urls: readonly string[]): Promise<void> {
  const places = urls.map((_, id) => `<attachment id="${id}"></attachment>`);
  const attachments = urls.map((contentUrl, id) => ({
    id: String(id),
    contentType: 'reference',
    contentUrl,
    content: null,
    thumbnailUrl: null,
    teamsAppId: null,
    name: contentUrl.split('/').at(-1),
  }));
  await createTeamsUser(environment, ANN).write(CHAT_GROUP, `<p>The files</p>${places.join('')}`, { attachments });
}

async function newest(driver: MattermostUser): Promise<StoredPost & { file_ids?: string[] }> {
  const post = (await driver.posts()).filter(({ props }) => props.msteams).at(-1);
  assert.ok(post, 'no message arrived');
  return post;
}

/** The bytes of the one file of a post, in hex. */
async function contentOf(environment: Environment, { file_ids = [] }: { file_ids?: string[] }): Promise<string> {
  assert.equal(file_ids.length, 1);
  const answer = await fetch(`${environment.mattermostUrl}/api/v4/files/${file_ids[0]}`, {
    headers: { authorization: `Bearer ${environment.adminToken}` },
  });
  assert.equal(answer.status, 200);
  return Buffer.from(await answer.arrayBuffer()).toString('hex');
}

interface Shared {
  url: string;
  bytes: Buffer;
  readers: readonly SamplePerson[];
}

function share(environment: Environment, { url, bytes, readers }: Shared): Promise<unknown> {
  const oids = readers.map(({ oid }) => oid);
  return environment.microsoft.post('/playground/files', { url, base64: bytes.toString('base64'), readers: oids });
}

/** How often Graph got a request whose path ends with this. */
async function asked(environment: Environment, ending: string): Promise<number> {
  const { counts } = await environment.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
  return Object.entries(counts).reduce((sum, [name, count]) => (name.endsWith(ending) ? sum + count : sum), 0);
}
