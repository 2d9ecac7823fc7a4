import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SignJWT, UnsecuredJWT } from 'jose';
import { createSessions } from '../../../sidecar/src/api/session.ts';
import { MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { ALICE, sealerOf } from '../../support/builders.ts';
import { createFakeClock, NOW } from '../../support/clock.ts';

function start(...keys: string[]) {
  const clock = createFakeClock();
  const sealer = sealerOf(...keys);
  return { clock, sealer, sessions: createSessions({ sealer, publicUrl: 'https://sidecar.example', clock }) };
}

test('a session stands for its user for ten minutes', async () => {
  const { clock, sessions } = start('a');
  const grant = await sessions.grant(ALICE);
  assert.deepEqual([grant.sidecarUrl, grant.expiresAt], ['https://sidecar.example', NOW + 10 * MINUTE]);
  clock.advance(10 * MINUTE - SECOND);
  assert.equal(await sessions.verify(grant.session), ALICE);
  clock.advance(SECOND);
  await assert.rejects(sessions.verify(grant.session), { code: 'unauthorized' });
});

test('a session of an older key is honoured while that key is configured', async () => {
  const { session } = await start('old').sessions.grant(ALICE);
  assert.equal(await start('new', 'old').sessions.verify(session), ALICE);
  await assert.rejects(start('new').sessions.verify(session), { code: 'unauthorized' });
});

test('refuses what is altered, unsigned, for another purpose or without an end', async () => {
  const { sealer, sessions } = start('a');
  const { session } = await sessions.grant(ALICE);
  const [header, payload, signature] = session.split('.');
  const claims = { iss: 'msteams-connect', aud: 'msteams-connect/api/v1', sub: ALICE, exp: NOW / SECOND + 60 };
  const sign = (changes: object, key = sealer.derive('session')) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ alg: 'HS256' }).sign(key);
  assert.equal(await sessions.verify(await sign({})), ALICE);
  const bad = [
    '',
    'nonsense',
    `${header}.${payload}.${signature?.slice(1)}x`,
    new UnsecuredJWT(claims).encode(),
    await sign({ aud: 'another' }),
    await sign({ iss: 'another' }),
    await sign({ sub: undefined }),
    await sign({ exp: undefined }),
    await sign({}, sealer.derive('actions')),
  ];
  for (const token of bad) await assert.rejects(sessions.verify(token), { code: 'unauthorized' }, token);
});
