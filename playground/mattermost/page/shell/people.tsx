import React from 'react';
import { useText } from '../i18n/text.ts';
import { UserAvatar } from '../parts/avatar.tsx';
import { useApp, useAppStore } from '../parts/context.ts';
import { Modal } from '../parts/controls.tsx';
import { browserHistory } from '../plugins/history.ts';
import { nameOf } from '../store/selectors.ts';

/** Choose whom to write a direct message. */
export function PeopleModal({ onHide }: { onHide: () => void }): React.ReactElement {
  const text = useText();
  const store = useAppStore();
  const profiles = useApp((state) => state.entities.users.profiles);
  const [term, setTerm] = React.useState('');
  const people = Object.values(profiles).filter(
    (user) => user.delete_at === 0 && `${user.username} ${nameOf(user)}`.toLowerCase().includes(term.toLowerCase()),
  );
  function open(username: string): void {
    const { teams, currentTeamId } = store.getState().entities.teams;
    onHide();
    browserHistory().push(`/${teams[currentTeamId]?.name ?? ''}/messages/@${username}`);
  }
  return (
    <Modal title={text('people.title')} closeLabel={text('settings.close')} onClose={onHide} testId="people-modal">
      <div className="modal-body">
        <input
          className="form-control"
          type="search"
          aria-label={text('people.search')}
          placeholder={text('people.search')}
          value={term}
          onChange={(event) => setTerm(event.target.value)}
        />
        <ul className="people">
          {people.map((user) => (
            <li key={user.id}>
              <button type="button" onClick={() => open(user.username)} data-testid={`person-${user.username}`}>
                <UserAvatar user={user} />
                <strong>{nameOf(user)}</strong> @{user.username}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Modal>
  );
}
