import type { ThrottlePauses } from '../../core/ports/throttle-pauses.ts';
import type { Database } from '../database/sql.ts';

/** Channel on which a pause reaches the other replicas. */
const PAUSES_CHANNEL = 'pauses';

/** The throttle pauses, in the table pauses. */
export function createThrottlePauses(db: Database): ThrottlePauses {
  return {
    save: ({ name, endsAt }) =>
      db.transaction(async (tx) => {
        await tx.query(
          `insert into pauses (name, ends_at) values ($1, $2) on conflict (name) do update set ends_at = case
             when pauses.ends_at > excluded.ends_at then pauses.ends_at else excluded.ends_at end`,
          [name, endsAt],
        );
        await db.notify(tx, PAUSES_CHANNEL);
      }),
    list: async (now) => {
      const rows = await db.query<{ name: string; ends_at: number }>(
        'select name, ends_at from pauses where ends_at > $1',
        [now],
      );
      return rows.map((row) => ({ name: row.name, endsAt: row.ends_at }));
    },
    listen: (changed) => db.listen(PAUSES_CHANNEL, changed),
  };
}
