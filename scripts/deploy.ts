import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Uploads and enables the packed plugin, with the environment names that Mattermost's own plugin tools use:
 * MM_SERVICESETTINGS_SITEURL, and MM_ADMIN_TOKEN or MM_ADMIN_USERNAME with MM_ADMIN_PASSWORD.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'plugin.json'), 'utf8')) as { id: string; version: string };

try {
  await deploy();
  console.log(`${manifest.id} ${manifest.version} is uploaded and enabled.`);
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}

async function deploy(): Promise<void> {
  const site = process.env.MM_SERVICESETTINGS_SITEURL?.replace(/\/+$/, '');
  if (!site) throw new Error('Set MM_SERVICESETTINGS_SITEURL to the address of Mattermost.');
  const token = await adminToken(site);
  const form = new FormData();
  const file = `${manifest.id}-${manifest.version}.tar.gz`;
  form.set('force', 'true');
  form.set('plugin', new Blob([readFileSync(join(root, 'dist', file))]), file);
  await call(`${site}/api/v4/plugins`, { method: 'POST', body: form, headers: { authorization: `Bearer ${token}` } });
  await call(`${site}/api/v4/plugins/${manifest.id}/enable`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });
}

async function adminToken(site: string): Promise<string> {
  const { MM_ADMIN_TOKEN: token, MM_ADMIN_USERNAME: login_id, MM_ADMIN_PASSWORD: password } = process.env;
  if (token) return token;
  if (!login_id || !password) throw new Error('Set MM_ADMIN_TOKEN, or MM_ADMIN_USERNAME and MM_ADMIN_PASSWORD.');
  const response = await call(`${site}/api/v4/users/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login_id, password }),
  });
  return response.headers.get('token') ?? '';
}

/** Remedies for Mattermost's most frequent refusals, by error id. */
const REMEDIES: Record<string, string> = {
  'app.plugin.upload_disabled.app_error':
    'Set PluginSettings.EnableUploads to true in config.json (or MM_PLUGINSETTINGS_ENABLEUPLOADS=true) and restart; it cannot be set through the API. RequirePluginSignature must be false.',
  'api.context.permissions.app_error': 'The account needs the right to manage plugins (system administrator).',
};

async function call(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(60_000) });
  if (response.ok) return response;
  const body = (await response.json().catch(() => ({}))) as { id?: string; message?: string };
  throw new Error(
    `Mattermost refused ${new URL(url).pathname} (${response.status}): ${body.message ?? ''} ${REMEDIES[body.id ?? ''] ?? ''}`,
  );
}
