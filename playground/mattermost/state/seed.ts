import { addTeam, addUser, joinTeam } from './people.ts';
import type { Store } from './store.ts';

const PASSWORD = 'Password1!';

const PEOPLE = [
  { username: 'admin', first_name: 'Ada', last_name: 'Admin', roles: 'system_admin system_user', locale: 'en' },
  { username: 'alice', first_name: 'Alice', last_name: 'Adams', roles: 'system_user', locale: 'en' },
  { username: 'bob', first_name: 'Bob', last_name: 'Brown', roles: 'system_user', locale: 'de' },
  { username: 'carol', first_name: 'Carol', last_name: 'Clark', roles: 'system_user', locale: 'en' },
  { username: 'guest', first_name: 'Guy', last_name: 'Guest', roles: 'system_guest', locale: 'en' },
];

/** The sample people and teams; returns the administrator's id. */
export function seed(store: Store, now: number): string {
  const playground = addTeam(store, { name: 'playground', display_name: 'Playground' }, now);
  const sales = addTeam(store, { name: 'sales', display_name: 'Sales' }, now);
  const ids = PEOPLE.map((person) => {
    const user = addUser(store, { ...person, email: `${person.username}@example.com`, password: PASSWORD }, now);
    const roles = person.username === 'admin' ? 'team_user team_admin' : 'team_user';
    joinTeam(store, playground.id, { userId: user.id, roles });
    if (person.username !== 'guest') joinTeam(store, sales.id, { userId: user.id, roles });
    return user.id;
  });
  return ids[0] ?? '';
}
