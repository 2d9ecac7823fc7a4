import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connectionOwner } from '../../../sidecar/src/core/owner.ts';
import type { ItemSource, Owner } from '../../../sidecar/src/core/types.ts';
import { ownerColumn, sourceColumn, toOwner, toSource } from '../../../sidecar/src/store/columns.ts';

test('owners and sources are stored as the values that earlier versions wrote', () => {
  const owners: [Owner, string][] = [
    [{ kind: 'tenant' }, 'organisation'],
    [connectionOwner('k1'), 'k1'],
  ];
  for (const [owner, column] of owners) {
    assert.equal(ownerColumn(owner), column);
    assert.deepEqual(toOwner(column), owner);
  }
  const sources: [ItemSource, string][] = [
    [{ kind: 'catch-up' }, 'catch-up'],
    [{ kind: 'subscription', id: 's1' }, 's1'],
  ];
  for (const [source, column] of sources) {
    assert.equal(sourceColumn(source), column);
    assert.deepEqual(toSource(column), source);
  }
});
