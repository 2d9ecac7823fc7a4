import type { Environment } from './environment.ts';
import { openEnvironment } from './environment.ts';
import { buildPage } from './mattermost/page/build.ts';
import { runSmoke } from './scenarios/smoke.ts';
import type { SidecarProcess } from './sidecar-process.ts';

/**
 * `make demo`: both emulators and the real sidecar, until Ctrl-C. `--script` plays the smoke scenario instead and ends with a summary
 * line and an exit status; `--verbose` prints the sidecar's log, `--free-ports` leaves the usual ports alone.
 */
const script = process.argv.includes('--script');
const echo = process.argv.includes('--verbose');
const PORTS = { mattermost: 8065, microsoft: 8443, sidecar: 8067 };

process.exitCode = script ? await playSmoke() : await serve();

async function playSmoke(): Promise<number> {
  await using environment = await openOwnEnvironment();
  const sidecar = await environment.startSidecar();
  const { expected, delivered, duplicates, unwanted } = await runSmoke(environment, sidecar, (line) =>
    console.log(`• ${line}`),
  );
  const code = await sidecar.stop();
  if (unwanted > 0) console.log(`${unwanted} messages arrived that must not arrive`);
  if (code !== 0) console.log(`the sidecar ended with exit status ${code}\n${sidecar.output()}`);
  console.log(`delivered ${delivered} of ${expected}, duplicates ${duplicates}`);
  return delivered === expected && duplicates === 0 && unwanted === 0 && code === 0 ? 0 : 1;
}

async function serve(): Promise<number> {
  await using environment = await openOwnEnvironment(process.argv.includes('--free-ports') ? undefined : PORTS);
  const sidecar = await environment.startSidecar();
  console.log(welcome(environment));
  // Awaited here: a returned promise would be waited for only after the environment is closed.
  return await untilEnded(sidecar);
}

async function openOwnEnvironment(ports?: typeof PORTS): Promise<Environment & AsyncDisposable> {
  await buildPage();
  const environment = await openEnvironment({ plugin: true, echo, ...(ports ? { ports } : {}) });
  return { ...environment, [Symbol.asyncDispose]: () => environment.close() };
}

async function untilEnded(sidecar: SidecarProcess): Promise<number> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve('interrupted'));
  });
  const end = await Promise.race([interrupted, sidecar.ended]);
  if (end === 'interrupted') {
    console.log('\nStopping everything.');
    return 0;
  }
  console.error(`The sidecar ended by itself with exit status ${end}:\n${sidecar.output()}`);
  return 1;
}

function welcome(environment: Environment): string {
  return `
  Mattermost   ${environment.mattermostUrl}      log in as alice, password Password1!  (also bob, carol, admin)
  Microsoft    ${environment.microsoftUrl}     write in Teams as any sample person
  Sidecar      ${environment.publicUrl}     the service between the two

  The last two use a certificate made a moment ago: your browser asks once for each whether to go on.
  To trust it instead: ${environment.caFile}

  Try this
  1. In Mattermost, type  /msteams connect  and follow the link. Sign in as Alice Adams and accept.
  2. The bot writes to you. Press  Enable notifications.
  3. On the Microsoft page choose Ann Lee, open a chat with Alice and write something.
  4. Watch it arrive in Mattermost as a direct message, and follow its link back to the message.
  5. Type  /msteams status,  /msteams notifications  or open Settings → Plugin preferences → Microsoft Teams.

  Ctrl-C stops everything.
`;
}
