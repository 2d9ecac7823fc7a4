import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Authority } from './authority.ts';
import { createAuthority } from './authority.ts';
import type { Control } from './control.ts';
import { createControl } from './control.ts';
import type { FakeTime } from './fake-time-control.ts';
import { startMattermost } from './mattermost/server.ts';
import { startMicrosoft } from './microsoft/server.ts';
import type { MicrosoftOptions } from './microsoft/types.ts';
import { deployPlugin, provisionMattermost } from './provision.ts';
import { CLIENT_ID, CLIENT_SECRET, CONTOSO } from './sample.ts';
import type { SidecarProcess } from './sidecar-process.ts';
import { freePort, startSidecar } from './sidecar-process.ts';
import { startTlsFront } from './tls-front.ts';

export interface EnvironmentOptions {
  /** Fixed ports, for use by hand; free ports otherwise. */
  ports?: { mattermost: number; microsoft: number; sidecar: number };
  /** PostgreSQL instead of the embedded database. */
  databaseUrl?: string;
  /** Settings of the sidecar that are added or replaced. */
  env?: Record<string, string>;
  /** Uploads the plugin, which the web page needs and the REST API does not. */
  plugin?: boolean;
  /** Options of the Microsoft emulator. */
  microsoft?: MicrosoftOptions;
  /** Moves the sidecar's time together with this process's. */
  fakeTime?: FakeTime;
  /** Prints what the sidecar prints. */
  echo?: boolean;
}

/** The whole playground: both emulators, the TLS front and the sidecar's settings. */
export interface Environment {
  mattermostUrl: string;
  microsoftUrl: string;
  publicUrl: string;
  caFile: string;
  ca: string;
  adminToken: string;
  /** Control API of the Microsoft emulator. */
  microsoft: Control;
  /** REST and control API of the Mattermost emulator, as its administrator. */
  mattermost: Control;
  env: Record<string, string>;
  /** Starts a sidecar; the TLS front forwards to the one started last. */
  startSidecar(options?: { env?: Record<string, string>; nodeArguments?: string[] }): Promise<SidecarProcess>;
  /** Makes the TLS front forward to `url`. */
  forwardTo(url: string): void;
  close(): Promise<void>;
}

/** Starts everything but the sidecar. When a step fails, the steps before it are undone. */
export async function openEnvironment(options: EnvironmentOptions = {}): Promise<Environment> {
  await using stack = new AsyncDisposableStack();
  const trust = await openTrust(stack);
  const front = await startTlsFront({
    ...(await trust.authority.issue(['localhost', '127.0.0.1'])),
    targetUrl: 'http://127.0.0.1:9',
    port: options.ports?.sidecar ?? (await freePort()),
  });
  stack.defer(() => front.close());
  const { microsoftUrl, microsoft } = await openMicrosoft(stack, options, { ...trust, publicUrl: front.url });
  const { mattermostUrl, mattermost, adminToken } = await openMattermost(stack, options, trust);
  const installation = { mattermostUrl, adminToken, publicUrl: front.url };
  const provisioned = await provisionMattermost(installation);
  if (options.plugin) await deployPlugin(installation);

  const { caFile, ca, folder } = trust;
  const env = {
    ...provisioned,
    NODE_EXTRA_CA_CERTS: caFile,
    MICROSOFT_TENANT_ID: CONTOSO,
    MICROSOFT_CLIENT_ID: CLIENT_ID,
    MICROSOFT_CLIENT_SECRET: CLIENT_SECRET,
    DATA_DIR: join(folder, 'data'),
    LOG_LEVEL: 'info',
    MICROSOFT_AUTHORITY_URL: microsoftUrl,
    GRAPH_URL: microsoftUrl,
    TEAMS_URL: microsoftUrl,
    ...(options.databaseUrl ? { DATABASE_URL: options.databaseUrl } : {}),
    ...options.env,
  };
  const releases = stack.move();
  return {
    mattermostUrl,
    microsoftUrl,
    publicUrl: front.url,
    caFile,
    ca,
    adminToken,
    microsoft,
    mattermost,
    env,
    startSidecar: async (more = {}) => {
      const sidecar = await startSidecar({
        env: { ...env, ...options.fakeTime?.env(), ...more.env },
        nodeArguments: [...(options.fakeTime?.nodeArguments ?? []), ...(more.nodeArguments ?? [])],
        echo: options.echo ?? false,
      });
      releases.defer(() => sidecar.stop().then(() => undefined));
      front.setTarget(sidecar.url);
      return sidecar;
    },
    forwardTo: front.setTarget,
    close: () => releases.disposeAsync(),
  };
}

interface Trust {
  authority: Authority;
  folder: string;
  caFile: string;
  ca: string;
}

async function openTrust(stack: AsyncDisposableStack): Promise<Trust> {
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const authority = await createAuthority();
  const caFile = join(folder, 'authority.pem');
  writeFileSync(caFile, authority.certificatePem);
  return { authority, folder, caFile, ca: authority.certificatePem };
}

async function openMicrosoft(
  stack: AsyncDisposableStack,
  options: EnvironmentOptions,
  trust: Trust & { publicUrl: string },
) {
  const server = await startMicrosoft({
    authority: trust.authority,
    port: options.ports?.microsoft ?? 0,
    redirectUris: [`${trust.publicUrl}/oauth/callback`],
    ...(options.microsoft ? { options: options.microsoft } : {}),
  });
  stack.defer(() => server.close());
  const microsoft = createControl(server.url, { ca: trust.ca });
  stack.defer(() => microsoft.close());
  return { microsoftUrl: server.url, microsoft };
}

async function openMattermost(stack: AsyncDisposableStack, options: EnvironmentOptions, trust: Trust) {
  const server = await startMattermost({
    port: options.ports?.mattermost ?? 0,
    extraCa: trust.ca,
    // What an administrator must set before Mattermost may call a sidecar on the same machine and take plugins.
    config: {
      ServiceSettings: { EnableBotAccountCreation: true, AllowedUntrustedInternalConnections: 'localhost 127.0.0.1' },
      PluginSettings: { EnableUploads: true },
    },
  });
  stack.defer(() => server.close());
  const headers = { authorization: `Bearer ${server.adminToken}` };
  const mattermost = createControl(server.url, { headers });
  stack.defer(() => mattermost.close());
  return { mattermostUrl: server.url, mattermost, adminToken: server.adminToken };
}
