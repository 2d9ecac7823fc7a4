import type { Preferences } from '../../core/preferences.ts';
import { readPreferences } from '../../core/preferences.ts';
import type { Database } from '../database/sql.ts';

/**
 * Changes a connection's preferences, one change after another however many come at once; null when the connection is gone.
 * Without quiet hours nothing waits for their end any more: what was held back is due at once.
 */
export function changePreferences(
  db: Database,
  id: string,
  change: (preferences: Preferences) => Preferences,
): Promise<Preferences | null> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<{ preferences: string }>(
      'select preferences from connections where id = $1 for update',
      [id],
    );
    if (!rows[0]) return null;
    const before = readPreferences(rows[0].preferences);
    const after = change(before);
    await tx.query('update connections set preferences = $2 where id = $1', [id, JSON.stringify(after)]);
    if (before.quietHours !== null && after.quietHours === null) {
      await tx.query('update digest_items set due_at = 0 where connection_id = $1 and taken = 0', [id]);
    }
    return after;
  });
}
