import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createChecks, runChecks } from '../../../../sidecar/src/admin/checks/checks.ts';
import type { CheckDeps, CheckId } from '../../../../sidecar/src/admin/checks/types.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { PLUGIN } from '../../../../sidecar/src/version.ts';
import { healthy } from './healthy-installation.ts';
import { MATTERMOST_CASES } from './mattermost-cases.ts';
import { OTHER_CASES } from './other-cases.ts';

const CASES = [...MATTERMOST_CASES, ...OTHER_CASES];

async function find(deps: CheckDeps, id: CheckId) {
  const found = (await runChecks(createChecks(deps, 'en'))).find((check) => check.id === id);
  assert.ok(found);
  return found;
}

describe('checks', () => {
  test('find nothing where nothing is wrong', async () => {
    const findings = await runChecks(createChecks(healthy(), 'en'));
    assert.deepEqual(
      findings.filter(({ state, remedy }) => state !== 'ok' || remedy !== null),
      [],
    );
    assert.equal(findings.length, 17);
  });

  for (const { what, id, state, detail, broken } of CASES) {
    test(`name ${what}`, async () => {
      const deps = healthy();
      broken(deps);
      const found = await find(deps, id);
      assert.equal(found.state, state);
      assert.match(found.detail, detail);
    });
  }

  test('say what to do about everything that is not all right', async () => {
    for (const { id, state, broken } of CASES) {
      const deps = healthy();
      broken(deps);
      const { remedy, detail } = await find(deps, id);
      if (state !== 'ok' && !/could not be checked/.test(detail)) assert.ok(remedy, `${id}: ${detail}`);
    }
  });

  test('that need another one are left out when that one failed', async () => {
    const deps = healthy();
    Object.assign(deps.mattermost, { self: () => Promise.reject(new AppError('mattermost_unauthorized', 'No.')) });
    const found = await find(deps, 'command');
    assert.deepEqual([found.state, found.detail], ['warning', 'Not checked, because "Bot account" failed.']);
  });

  test('leave no mark unfilled', async () => {
    for (const { broken } of CASES) {
      const deps = healthy();
      broken(deps);
      for (const { detail, remedy } of await runChecks(createChecks(deps, 'de'))) {
        assert.doesNotMatch(`${detail} ${remedy}`, /\{\w+\}/);
      }
    }
  });

  test('know the plugin as its manifest does', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../../../plugin.json', import.meta.url), 'utf8'));
    assert.deepEqual(PLUGIN, {
      id: manifest.id,
      version: manifest.version,
      minServerVersion: manifest.min_server_version,
    });
  });
});
