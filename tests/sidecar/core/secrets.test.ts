import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { constantTimeEqual, digest } from '../../../sidecar/src/core/secrets.ts';

describe('comparing secrets', () => {
  it('tells equal from different, whatever the lengths', () => {
    assert.equal(constantTimeEqual('secret', 'secret'), true);
    assert.equal(constantTimeEqual('secret', 'secreT'), false);
    assert.equal(constantTimeEqual('secret', 'secret '), false);
    assert.equal(constantTimeEqual('', 'secret'), false);
  });

  it('compares bytes and text alike', () => {
    assert.equal(constantTimeEqual(Buffer.from([1, 2, 3]), Uint8Array.of(1, 2, 3)), true);
    assert.equal(constantTimeEqual(Buffer.from([1, 2, 3]), Uint8Array.of(1, 2)), false);
    assert.equal(constantTimeEqual(Buffer.from('text'), 'text'), true);
  });
});

describe('the digest of a secret', () => {
  it('is the S256 challenge of RFC 7636, appendix B', () => {
    const challenge = digest('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
    assert.equal(challenge, 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });
});
