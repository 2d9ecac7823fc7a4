import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { extract } from 'tar';
import { createAuthority } from '../../playground/authority.ts';
import type { Control } from '../../playground/control.ts';
import { createControl } from '../../playground/control.ts';
import { startMattermost } from '../../playground/mattermost/server.ts';
import { startMicrosoft } from '../../playground/microsoft/server.ts';
import { freePort } from '../../playground/sidecar-process.ts';
import { startTlsFront } from '../../playground/tls-front.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** In here, so that the unpacked program finds its libraries. */
const DIST = join(ROOT, 'dist');
const FAKE_TIME_MODULE = fileURLToPath(new URL('../../playground/fake-time.ts', import.meta.url));
const { version: VERSION } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };

export interface Printed {
  code: number | null;
  text: string;
}

/** A Mattermost and a Microsoft as an administrator finds them, and a command line: nothing of ours is there yet. */
export interface FreshInstall {
  mattermostUrl: string;
  microsoftUrl: string;
  publicUrl: string;
  ca: string;
  adminToken: string;
  mattermost: Control;
  microsoft: Control;
  /** The settings file that `setup` writes. */
  settings: string;
  /** The port that the public address leads to. */
  port: string;
  /** Runs `msteams-connect …` to its end. */
  run(words: string[], env?: Record<string, string>): Promise<Printed>;
  /** The file of the program, as it was packed, and what every call of it needs. */
  program: string;
  env: Record<string, string>;
  /** Runs `msteams-connect start` in the background; resolves when it is ready. */
  start(): Promise<void>;
  /** Starts it anew, with a time that can be moved. Returns how to move it, in milliseconds. */
  restartMovable(): Promise<(ms: number) => Promise<void>>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts the two emulators and the TLS front, and builds, packs and unpacks the product as npm would. */
export async function openFreshInstall(): Promise<FreshInstall> {
  await using stack = new AsyncDisposableStack();
  mkdirSync(DIST, { recursive: true });
  const folder = mkdtempSync(join(DIST, 'fresh-install-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createAuthority();
  const ca = authority.certificatePem;
  const caFile = join(folder, 'authority.pem');
  writeFileSync(caFile, ca);
  const port = String(await freePort());
  const keys = await authority.issue(['localhost', '127.0.0.1']);
  const front = await startTlsFront({ ...keys, targetUrl: `http://127.0.0.1:${port}` });
  stack.defer(() => front.close());
  const microsoft = await startMicrosoft({ authority, redirectUris: [`${front.url}/oauth/callback`] });
  stack.defer(() => microsoft.close());
  const mattermost = await startMattermost({ extraCa: ca });
  stack.defer(() => mattermost.close());
  const microsoftControl = createControl(microsoft.url, { ca });
  const mattermostControl = createControl(mattermost.url, {
    headers: { authorization: `Bearer ${mattermost.adminToken}` },
  });
  stack.defer(() => microsoftControl.close());
  stack.defer(() => mattermostControl.close());
  const program = await unpackProgram(folder);

  const settings = join(folder, 'msteams-connect.env');
  const env = { NODE_EXTRA_CA_CERTS: caFile };
  const run: FreshInstall['run'] = (words, more = {}) =>
    execute([program, ...words, '--settings', settings], { env: { ...env, ...more }, cwd: folder });
  const releases = stack.move();
  const service = createService([program, 'start', '--settings', settings], { env, port });
  releases.defer(service.stop);
  return {
    mattermostUrl: mattermost.url,
    microsoftUrl: microsoft.url,
    publicUrl: front.url,
    ca,
    settings,
    port,
    run,
    program,
    env,
    start: service.start,
    adminToken: mattermost.adminToken,
    mattermost: mattermostControl,
    microsoft: microsoftControl,
    restartMovable: async () => {
      const control = String(await freePort());
      await service.stop();
      await service.start({ FAKE_TIME_PORT: control, NODE_OPTIONS: `--import ${FAKE_TIME_MODULE}` });
      return async (ms) => {
        await fetch(`http://127.0.0.1:${control}/`, { method: 'POST', body: JSON.stringify({ ms }) });
      };
    },
    [Symbol.asyncDispose]: () => releases.disposeAsync(),
  };
}

async function isReady(port: string): Promise<boolean> {
  await new Promise((resolve) => setTimeout(resolve, 50));
  return fetch(`http://127.0.0.1:${port}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** `msteams-connect start`, one at a time. */
function createService(parameters: string[], { env, port }: { env: Record<string, string>; port: string }) {
  let stop = async () => {};
  return {
    stop: () => stop(),
    start: async (more: Record<string, string> = {}) => {
      const child = spawn(process.execPath, parameters, {
        env: { PATH: process.env.PATH, ...env, ...more },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let output = '';
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk));
      const ended = new Promise((resolve) => child.once('close', resolve));
      stop = async () => {
        child.kill('SIGTERM');
        await ended;
      };
      while (!(await isReady(port)))
        if (child.exitCode !== null) throw new Error(`The sidecar did not start.\n${output}`);
    },
  };
}

/** The program of the npm package that `npm run dist` makes, unpacked. */
async function unpackProgram(folder: string): Promise<string> {
  for (const script of ['build', 'dist']) {
    const { code, text } = await execute([script], { command: 'npm', words: ['run', '--silent'] });
    if (code !== 0) throw new Error(`The product cannot be packed:\n${text}`);
  }
  await extract({ file: join(DIST, `msteams-connect-${VERSION}.tgz`), cwd: folder });
  return join(folder, 'package/bin/msteams-connect.js');
}

interface Execution {
  command?: string;
  words?: string[];
  env?: Record<string, string>;
  cwd?: string;
}

function execute(parameters: string[], options: Execution): Promise<Printed> {
  const { command = process.execPath, words = [], env = {}, cwd = ROOT } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...words, ...parameters], {
      cwd,
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, text }));
  });
}
