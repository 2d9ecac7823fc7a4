import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { Model } from '../actions.ts';
import type { State } from '../reducer.ts';
import { Button } from './button.tsx';
import { Connect } from './connect.tsx';
import { Section } from './form-section.tsx';
import { KeepFocus } from './keep-focus.tsx';
import { Problem } from './problem.tsx';

interface Props {
  state: State;
  model: Model;
  /** Called when the person left for the sign-in page. */
  onLeave(): void;
}

/** The connection: which account, its health, and how to connect or disconnect. */
export function ConnectionCard(props: Props) {
  return (
    <Section titleId="msteams_connect.settings.connection">
      <ConnectionState {...props} />
    </Section>
  );
}

/** The same without a heading. */
export function ConnectionState({ state, model, onLeave }: Props) {
  return (
    <KeepFocus>
      <Problem problem={state.problem} onRetry={() => void model.refresh()} />
      {state.me ? (
        <Connection state={state} model={model} onLeave={onLeave} />
      ) : (
        !state.problem && <FormattedMessage id="msteams_connect.connection.loading" />
      )}
    </KeepFocus>
  );
}

function Connection({ state, model, onLeave }: Props) {
  const connection = state.me?.connection;
  if (!connection) {
    return (
      <>
        <p className="msteams-text">
          <FormattedMessage id="msteams_connect.connection.none" />
        </p>
        <Connect labelId="msteams_connect.connection.connect" model={model} onLeave={onLeave} />
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
        {expired && <Connect labelId="msteams_connect.connection.reconnect" model={model} onLeave={onLeave} />}
        <Disconnect model={model} />
      </div>
    </>
  );
}

function Disconnect({ model }: { model: Model }) {
  const [asked, setAsked] = useState(false);
  return (
    <KeepFocus>
      {asked ? (
        <Question model={model} onKeep={() => setAsked(false)} />
      ) : (
        <Button labelId="msteams_connect.connection.disconnect" onClick={() => setAsked(true)} />
      )}
    </KeepFocus>
  );
}

function Question({ model, onKeep }: { model: Model; onKeep(): void }) {
  return (
    <fieldset className="msteams-fields" style={{ margin: 0 }}>
      <legend>
        <FormattedMessage id="msteams_connect.connection.disconnect.question" />
      </legend>
      <Button
        emphasis="danger"
        labelId="msteams_connect.connection.disconnect.confirm"
        onClick={() => void model.disconnect()}
      />{' '}
      <Button labelId="msteams_connect.connection.disconnect.cancel" onClick={onKeep} />
    </fieldset>
  );
}
