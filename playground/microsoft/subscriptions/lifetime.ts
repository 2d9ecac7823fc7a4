import type { MovableClock } from '../clock.ts';
import type { Subscription } from '../types.ts';
import type { Registry } from './registry.ts';

const QUARTER_HOUR = 15 * 60_000;
const STATE_BROKEN = 'PATCH and reauthorize within 10 minutes: Graph documents state inconsistencies for this.';

/** What ends and what reminds. `send` posts a lifecycle event, `released` hears of a subscription with a fresh token, or that is gone. */
export interface LifetimeDeps {
  clock: MovableClock;
  registry: Registry;
  send(subscription: Subscription, event: string): void;
  released(subscription: Subscription): void;
}

/** Keeps the times of subscriptions: reminders before the end, the end itself, and renewal. */
export interface Lifetime {
  begin(subscription: Subscription): void;
  renew(subscription: Subscription, by: 'patch' | 'reauthorize', tokenExpiresAt: number): void;
  /** Removes a subscription; `announced` sends `subscriptionRemoved`. */
  end(subscription: Subscription, announced: boolean): void;
  /** Looks at the times anew, after tokens were ended from outside. */
  reschedule(subscription: Subscription): void;
  /** Asks for a new authorization at once, and every quarter of an hour from then on. */
  remind(subscription: Subscription): void;
}

/** `reauthorizationRequired` is sent a quarter of an hour before the token or the subscription is over, then every quarter. */
export function createLifetime(deps: LifetimeDeps): Lifetime {
  const timers = new Map<string, (() => void)[]>();
  const { clock, registry } = deps;

  function cancel(id: string): void {
    for (const stop of timers.get(id) ?? []) stop();
    timers.delete(id);
  }

  function schedule(subscription: Subscription): void {
    cancel(subscription.id);
    const due = Math.min(subscription.tokenExpiresAt, subscription.expiresAt);
    timers.set(subscription.id, [
      clock.at(subscription.expiresAt, () => self.end(subscription, false)),
      clock.at(Math.max(due - QUARTER_HOUR, clock.now()), () => remind(subscription)),
    ]);
  }

  function remind(subscription: Subscription): void {
    if (!registry.get(subscription.id) || clock.now() >= subscription.expiresAt) return;
    deps.send(subscription, 'reauthorizationRequired');
    timers.get(subscription.id)?.push(clock.at(clock.now() + QUARTER_HOUR, () => remind(subscription)));
  }

  const self: Lifetime = {
    begin: schedule,
    reschedule: schedule,
    remind,
    renew: (subscription, by, tokenExpiresAt) => {
      const now = clock.now();
      const other = by === 'patch' ? subscription.lastReauthorizeAt : subscription.lastPatchAt;
      if (other !== null && now - other < 10 * 60_000) subscription.violations.push(STATE_BROKEN);
      if (by === 'patch') subscription.lastPatchAt = now;
      else subscription.lastReauthorizeAt = now;
      subscription.tokenExpiresAt = tokenExpiresAt;
      schedule(subscription);
      deps.released(subscription);
    },
    end: (subscription, announced) => {
      if (!registry.remove(subscription.id)) return;
      cancel(subscription.id);
      deps.released(subscription);
      if (announced) deps.send(subscription, 'subscriptionRemoved');
    },
  };
  return self;
}
