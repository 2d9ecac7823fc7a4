import { createHmac } from 'node:crypto';
import type { Sealer } from '../../core/encryption.ts';
import { AppError } from '../../core/errors.ts';
import { constantTimeEqual } from '../../core/secrets.ts';
import type { Clock } from '../../core/time.ts';

/** What a button does, for whom, until when (Unix milliseconds). */
export interface SignedAction {
  userId: string;
  action: string;
  expiresAt: number;
}

/** Signs what buttons do and checks it when they are pressed. */
export interface ActionSigner {
  sign(action: SignedAction): string;
  /** The action, if it was signed for this user and is still good. Errors: `forbidden`, `link_expired`. */
  verify(userId: string, signed: string): string;
}

/**
 * HMAC-SHA256 over user, action and expiry; the text is `<expiry>.<base64url of the signature>.<action>`. Mattermost keeps it from
 * everybody but the sidecar, so a request that carries it came through Mattermost and its user id is that of the clicker
 * (contracts: post actions). Every configured key is honoured, so that keys can be changed while buttons wait.
 */
export function createActionSigner(sealer: Pick<Sealer, 'derive' | 'deriveAll'>, clock: Clock): ActionSigner {
  const key = sealer.derive('actions');
  const keys = sealer.deriveAll('actions');
  return {
    sign: (action) => `${action.expiresAt}.${signature(key, action)}.${action.action}`,
    verify: (userId, signed) => {
      const found = parse(userId, signed);
      if (!found || !keys.some((one) => constantTimeEqual(signature(one, found), found.signature))) {
        throw new AppError('forbidden', 'A button was pressed whose signature does not fit.');
      }
      if (found.expiresAt <= clock.now()) throw new AppError('link_expired', 'A button was pressed after its time.');
      return found.action;
    },
  };
}

function signature(key: Buffer, { userId, action, expiresAt }: SignedAction): string {
  return createHmac('sha256', key)
    .update(JSON.stringify([userId, action, expiresAt]))
    .digest('base64url');
}

function parse(userId: string, signed: string): (SignedAction & { signature: string }) | null {
  const [, expiry, mac, action] = /^(\d{1,15})\.([\w-]{43})\.(.+)$/.exec(signed) ?? [];
  if (expiry === undefined || mac === undefined || action === undefined) return null;
  return { userId, action, expiresAt: Number(expiry), signature: mac };
}
