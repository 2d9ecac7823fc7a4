import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { Actions } from '../actions.ts';
import { prepareWindow } from '../host.ts';
import { Button } from './controls/button.tsx';
import { KeepFocus } from './controls/keep-focus.tsx';

interface Props {
  labelId: string;
  actions: Actions;
  /** Called when the sign-in page was opened. */
  onLeave(): void;
}

type Progress = { step: 'idle' | 'preparing' } | { step: 'waiting'; url: string; blocked: boolean };

/**
 * Opens the Microsoft sign-in in a small window, with a link in case the browser blocks it or the user closed it. The end of the sign-in
 * is found by polling, because it may happen in another program.
 */
export function Connect({ labelId, actions, onLeave }: Props) {
  const [progress, setProgress] = useState<Progress>({ step: 'idle' });

  async function connect() {
    const page = prepareWindow();
    setProgress({ step: 'preparing' });
    const url = await actions.connectUrl();
    if (url === null) {
      page.cancel();
      return setProgress({ step: 'idle' });
    }
    onLeave();
    setProgress({ step: 'waiting', url, blocked: !page.go(url) });
  }

  const waiting = progress.step === 'waiting';
  return (
    <KeepFocus>
      {!waiting && (
        <Button
          emphasis="primary"
          labelId={labelId}
          disabled={progress.step === 'preparing'}
          onClick={() => void connect()}
        />
      )}
      <div role="status">
        {progress.step === 'preparing' && <Step id="msteams_connect.connection.preparing" />}
        {waiting && !progress.blocked && <Step id="msteams_connect.connection.waiting" />}
        {waiting && progress.blocked && (
          <p>
            <FormattedMessage id="msteams_connect.connection.blocked" />
          </p>
        )}
      </div>
      {waiting && (
        <div className="msteams-row__actions">
          <a
            className={progress.blocked ? 'btn btn-primary btn-sm' : 'btn btn-tertiary btn-sm'}
            href={progress.url}
            target="_blank"
            rel="noopener noreferrer"
          >
            <FormattedMessage id="msteams_connect.connection.open" />
          </a>
          <Button labelId="msteams_connect.connection.cancel" onClick={() => setProgress({ step: 'idle' })} />
        </div>
      )}
    </KeepFocus>
  );
}

function Step({ id }: { id: string }) {
  return (
    <p className="msteams-state" style={{ marginTop: 8 }}>
      <span className="msteams-spin" aria-hidden="true" />
      <span>
        <FormattedMessage id={id} />
      </span>
    </p>
  );
}
