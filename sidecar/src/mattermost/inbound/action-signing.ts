import { createHmac } from 'node:crypto';
import type { Sealer } from '../../core/encryption.ts';
import { AppError } from '../../core/errors.ts';
import { constantTimeEqual } from '../../core/secrets.ts';
import type { Clock } from '../../core/time.ts';

/** A button's action, for one user, until `expiresAt` (Unix milliseconds). */
export interface SignedAction {
  userId: string;
  action: string;
  expiresAt: number;
}

/** Signs the actions of buttons, and verifies them after a click. */
export interface ActionSigner {
  sign(action: SignedAction): string;
  /** The action that was signed for this user. @throws {AppError} forbidden, link_expired */
  verify(userId: string, signed: string): string;
}

/**
 * HMAC-SHA256 over user, action and expiry, as `<expiry>.<base64url of the signature>.<action>`. Mattermost never shows the context of a
 * button to clients, so a request that carries it came through Mattermost and its user id is that of the user who clicked. All configured
 * keys verify, so that keys can be changed while buttons wait.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/public/model/integration_action.go (StripActionIntegrations)
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
