import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { OverviewResponse } from '../../../../sidecar/src/api/admin-schema.ts';
import type { AdminClient } from '../../admin-client.ts';
import { Button } from '../controls/button.tsx';
import { Problem } from '../controls/problem.tsx';
import { AdminSection } from './admin-section.tsx';
import { Chart } from './chart.tsx';
import { PARAGRAPH } from './styles.ts';
import type { Loaded } from './use-load.ts';
import { useLoad } from './use-load.ts';

interface Part {
  client: AdminClient;
  overview: OverviewResponse;
  loaded: Loaded<OverviewResponse>;
}

/** Deliveries per hour of a week, numbers and quota, with buttons for a test notification, invitations and dead letters. */
export function Overview({ client }: { client: AdminClient }) {
  const loaded = useLoad(client.overview);
  const overview = loaded.value;
  return (
    <AdminSection titleId="msteams_connect.admin.overview">
      <Problem problem={loaded.problem} />
      {overview && (
        <>
          <Chart hours={overview.hours} />
          <Numbers overview={overview} />
          <Test client={client} />
          <DeadLetters client={client} overview={overview} loaded={loaded} />
          <Invitations client={client} overview={overview} loaded={loaded} />
        </>
      )}
    </AdminSection>
  );
}

function Numbers({ overview }: { overview: OverviewResponse }) {
  const { connections, maximum, subscriptions, subscriptionLimit } = overview;
  return (
    <>
      <p style={PARAGRAPH}>
        <FormattedMessage
          id={maximum === null ? 'msteams_connect.admin.connected' : 'msteams_connect.admin.connected.of'}
          values={{ count: connections, maximum: maximum ?? 0 }}
        />
      </p>
      <p style={PARAGRAPH}>
        <label>
          <FormattedMessage
            id="msteams_connect.admin.quota"
            values={{ count: subscriptions, limit: subscriptionLimit }}
          />{' '}
          <meter
            data-testid="msteams-quota"
            min={0}
            max={subscriptionLimit}
            high={subscriptionLimit * 0.8}
            value={subscriptions}
            style={{ width: 240, verticalAlign: 'middle' }}
          />
        </label>
      </p>
    </>
  );
}

function Test({ client }: { client: AdminClient }) {
  const [problem, setProblem] = useState<Loaded<null>['problem']>(null);
  const [sent, setSent] = useState(false);

  async function send() {
    setSent(false);
    try {
      await client.sendTest();
      setSent(true);
      setProblem(null);
    } catch {
      setProblem({ id: 'msteams_connect.admin.test.failed' });
    }
  }

  return (
    <div style={PARAGRAPH}>
      <Problem problem={problem} />
      <Button labelId="msteams_connect.admin.test" onClick={() => void send()} />{' '}
      <span role="status">{sent && <FormattedMessage id="msteams_connect.admin.test.sent" />}</span>
    </div>
  );
}

function DeadLetters({ client, overview, loaded }: Part) {
  if (overview.deadLetters === 0) return null;
  return (
    <p style={PARAGRAPH}>
      <FormattedMessage id="msteams_connect.admin.dead" values={{ count: overview.deadLetters }} />{' '}
      <Button
        labelId="msteams_connect.admin.dead.replay"
        disabled={loaded.busy}
        onClick={() => void loaded.act(client.replay)}
      />
    </p>
  );
}

function Invitations({ client, overview, loaded }: Part) {
  const { cap, pending } = overview.invitations;
  const [text, setText] = useState(String(cap));
  const wanted = /^\d{1,5}$/.test(text) ? Number(text) : null;
  return (
    <p style={PARAGRAPH}>
      <label>
        <FormattedMessage id="msteams_connect.admin.invitations" />{' '}
        <input
          className="form-control"
          style={{ display: 'inline-block', width: 80, height: 32 }}
          inputMode="numeric"
          data-testid="msteams-invitation-cap"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </label>{' '}
      <Button
        labelId="msteams_connect.admin.save"
        disabled={wanted === null || wanted === cap || loaded.busy}
        onClick={() => void loaded.act(() => client.setInvitations(wanted ?? 0))}
      />
      <span className="msteams-soft" style={{ display: 'block', marginTop: 4 }}>
        <FormattedMessage id="msteams_connect.admin.invitations.help" values={{ pending }} />
      </span>
    </p>
  );
}
