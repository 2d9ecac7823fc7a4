import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { grantedScopes } from '../../../sidecar/src/connect/granted-scopes.ts';
import type { ErrorCode } from '../../../sidecar/src/core/errors.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Connection } from '../../../sidecar/src/core/types.ts';
import { connection } from '../../support/builders.ts';

function scopesWith(connections: Connection[], failure: ErrorCode | null = null): Promise<string[] | null> {
  return grantedScopes({
    connections: { list: async () => connections },
    tokenFor: async (id) => {
      if (failure) throw new AppError(failure, 'There is no token.');
      return `token of ${id}`;
    },
    scopesOf: (token) => [token],
  });
}

describe('the permissions that users granted', () => {
  const ended = connection({ id: 'ended', state: 'reconnect' });
  const working = connection({ id: 'working', state: 'connected' });

  it('are read from a token of the first connection whose sign-in works', async () => {
    assert.deepEqual(await scopesWith([ended, working]), ['token of working']);
  });

  it('are unknown while no sign-in works', async () => {
    assert.equal(await scopesWith([]), null);
    assert.equal(await scopesWith([ended]), null);
    assert.equal(await scopesWith([working], 'reconnect_needed'), null);
  });

  it('are not guessed when Microsoft does not answer', async () => {
    await assert.rejects(scopesWith([working], 'microsoft_unavailable'), { code: 'microsoft_unavailable' });
  });
});
