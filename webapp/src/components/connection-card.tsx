import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { Actions } from '../actions.ts';
import type { State } from '../reducer.ts';
import { Connect } from './connect.tsx';
import { Button } from './controls/button.tsx';
import { KeepFocus } from './controls/keep-focus.tsx';
import { Problem } from './controls/problem.tsx';
import { FormSection } from './settings/form-section.tsx';

interface Props {
  state: State;
  actions: Actions;
  /** Called when the sign-in page was opened. */
  onLeave(): void;
}

/** The connected account and its health, with connect and disconnect; with a heading. */
export function ConnectionCard(props: Props) {
  return (
    <FormSection titleId="msteams_connect.settings.connection">
      <ConnectionState {...props} />
    </FormSection>
  );
}

/** The same without a heading. */
export function ConnectionState({ state, actions, onLeave }: Props) {
  return (
    <KeepFocus>
      <Problem problem={state.problem} onRetry={() => void actions.refresh()} />
      {state.me ? (
        <Connection state={state} actions={actions} onLeave={onLeave} />
      ) : (
        !state.problem && <FormattedMessage id="msteams_connect.connection.loading" />
      )}
    </KeepFocus>
  );
}

function Connection({ state, actions, onLeave }: Props) {
  const connection = state.me?.connection;
  if (!connection) {
    return (
      <>
        <p className="msteams-text">
          <FormattedMessage id="msteams_connect.connection.none" />
        </p>
        <Connect labelId="msteams_connect.connection.connect" actions={actions} onLeave={onLeave} />
      </>
    );
  }
  const expired = connection.state === 'reconnect';
  const { accountName: name, accountAddress: address, connectedAt: since, lastDeliveryAt: last } = connection;
  return (
    <>
      <p className="msteams-state" data-testid="msteams-connection">
        <span className={expired ? 'msteams-dot msteams-dot--bad' : 'msteams-dot'} aria-hidden="true" />
        <span>
          <FormattedMessage
            id={expired ? 'msteams_connect.connection.expired' : 'msteams_connect.connection.connected'}
            values={{ name, address, since }}
          />
        </span>
      </p>
      {connection.problem && !expired && <p className="msteams-alert">{connection.problem}</p>}
      {last !== null && !expired && (
        <p className="msteams-soft">
          <FormattedMessage id="msteams_connect.connection.last" values={{ last }} />
        </p>
      )}
      <div className="msteams-row__actions">
        {expired && <Connect labelId="msteams_connect.connection.reconnect" actions={actions} onLeave={onLeave} />}
        <Disconnect actions={actions} />
      </div>
    </>
  );
}

function Disconnect({ actions }: { actions: Actions }) {
  const [asked, setAsked] = useState(false);
  return (
    <KeepFocus>
      {asked ? (
        <Question actions={actions} onKeep={() => setAsked(false)} />
      ) : (
        <Button labelId="msteams_connect.connection.disconnect" onClick={() => setAsked(true)} />
      )}
    </KeepFocus>
  );
}

function Question({ actions, onKeep }: { actions: Actions; onKeep(): void }) {
  return (
    <fieldset className="msteams-fields" style={{ margin: 0 }}>
      <legend>
        <FormattedMessage id="msteams_connect.connection.disconnect.question" />
      </legend>
      <Button
        emphasis="danger"
        labelId="msteams_connect.connection.disconnect.confirm"
        onClick={() => void actions.disconnect()}
      />{' '}
      <Button labelId="msteams_connect.connection.disconnect.cancel" onClick={onKeep} />
    </fieldset>
  );
}
