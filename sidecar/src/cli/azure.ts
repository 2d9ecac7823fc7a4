import { execFile } from 'node:child_process';
import type { AzurePlan } from '../admin/setup/azure.ts';
import { azurePlan, commandLine, filled } from '../admin/setup/azure.ts';
import { CLOUDS } from '../config/clouds.ts';
import { AppError } from '../core/errors.ts';
import { ask, print } from './prompt.ts';
import { settingsFile } from './settings-file.ts';

/** Options of `azure`. */
export interface AzureOptions {
  settings?: string;
  sidecarUrl?: string;
  cloud: keyof typeof CLOUDS;
  name: string;
  feed: string;
  forwardFiles?: boolean;
  run?: boolean;
}

/** Addresses of one cloud. */
type Endpoints = { authorityUrl: string; graphUrl: string };

const SETTINGS_FILE = 'msteams-connect.env';

/** `azure`: prints how to make the app registration at Microsoft, or makes it with the Azure CLI. */
export async function azure(options: AzureOptions): Promise<void> {
  const settings = settingsFile(options.settings ?? SETTINGS_FILE);
  const given =
    options.sidecarUrl ??
    settings.read().PUBLIC_URL ??
    (await ask('Public address of the sidecar (https://…):', '--sidecar-url'));
  const cloud = CLOUDS[options.cloud];
  if (cloud === undefined) {
    throw new AppError('config_invalid', `--cloud ${options.cloud} is not known.`, {
      remedy: 'Give global, gcc, gcc-high or dod.',
    });
  }
  const sidecarUrl = given.replace(/\/+$/, '');
  const forwardsFiles = options.forwardFiles ?? settings.read().FORWARD_FILES === 'true';
  const plan = azurePlan({ sidecarUrl, tenantFeed: options.feed === 'tenant', forwardsFiles, name: options.name });
  if (!options.run) return describe(plan, cloud, sidecarUrl);
  const values = await execute(plan);
  settings.write({
    MICROSOFT_TENANT_ID: values.tenantId ?? null,
    MICROSOFT_CLIENT_ID: values.clientId ?? null,
    MICROSOFT_CLIENT_SECRET: values.secret ?? null,
    ...(options.cloud === 'global' ? {} : { MICROSOFT_CLOUD: options.cloud }),
  });
  print(`+ wrote MICROSOFT_TENANT_ID, MICROSOFT_CLIENT_ID and MICROSOFT_CLIENT_SECRET to ${settings.path}`);
}

function describe({ redirectUrl, permissions, steps }: AzurePlan, cloud: Endpoints, sidecarUrl: string): void {
  print('In the Microsoft Entra admin center → App registrations → New registration:');
  print('  Supported account types   this tenant only');
  print(`  Redirect URI (Web)        ${redirectUrl}`);
  print('  API permissions           Microsoft Graph:');
  for (const { name, id, type } of permissions) {
    print(`    ${name.padEnd(16)} ${type === 'Scope' ? 'delegated  ' : 'application'} ${id}`);
  }
  print('  Certificates & secrets    a client secret (or a certificate): note its value and its end date');
  print('  Enterprise applications   → the application → Properties → Assignment required: No');
  print();
  print(
    'Then, while the sidecar runs, let an administrator of Microsoft 365 grant the permissions once for all users:',
  );
  print(`  ${sidecarUrl}/admin/consent`);
  print();
  print(
    `The same with the Azure CLI${!cloud.authorityUrl.endsWith('.us') ? '' : ' (first: az cloud set --name AzureUSGovernment)'}, or at once with msteams-connect azure --run --sidecar-url ${sidecarUrl}:`,
  );
  for (const { title, words, keeps } of steps) {
    print(`  # ${title}${keeps ? ` → {${keeps}}` : ''}`);
    print(`  ${commandLine(words)}`);
  }
}

async function execute({ steps }: AzurePlan): Promise<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const { title, words, keeps } of steps) {
    const answer = await az(filled(words, values));
    if (keeps) values[keeps] = String(JSON.parse(answer));
    print(`+ ${title}${keeps && keeps !== 'secret' ? `: ${values[keeps]}` : ''}`);
  }
  return values;
}

function az(words: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('az', [...words, '--output', 'json', '--only-show-errors'], (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      const missing = 'code' in error && error.code === 'ENOENT';
      reject(
        new AppError(
          'bad_request',
          missing
            ? 'The Azure CLI is not installed here.'
            : `az ${words.slice(0, 4).join(' ')} failed: ${stderr.trim()}`,
          {
            cause: error,
            remedy: missing
              ? 'Install it (https://learn.microsoft.com/cli/azure/install-azure-cli) and run az login, or leave out --run and follow the steps.'
              : 'Run az login with an account that may register applications, then run this again. What was made already stays.',
          },
        ),
      );
    });
  });
}
