import React from 'react';
import { FormattedMessage } from 'react-intl';
import type { CheckView } from '../../../../sidecar/src/api/admin-schema.ts';
import type { AdminClient } from '../../admin-client.ts';
import { Button } from '../controls/button.tsx';
import { Icon } from '../controls/icons.tsx';
import { Problem } from '../controls/problem.tsx';
import { AdminSection } from './admin-section.tsx';
import { PARAGRAPH } from './styles.ts';
import { useLoad } from './use-load.ts';

const LOOKS = {
  ok: { rank: 2, color: 'var(--online-indicator)' },
  warning: { rank: 1, color: 'var(--away-indicator)' },
  failed: { rank: 0, color: 'var(--error-text)' },
};

/** The checks with their remedies; failed ones first. */
export function Checks({ client }: { client: AdminClient }) {
  const { value, problem, busy, reload } = useLoad(client.checks);
  return (
    <AdminSection titleId="msteams_connect.admin.checks">
      <Problem problem={problem} />
      {problem && (
        <p style={PARAGRAPH}>
          <FormattedMessage id="msteams_connect.admin.checks.otherwise" />
        </p>
      )}
      {!value && !problem && <FormattedMessage id="msteams_connect.connection.loading" />}
      {value && <Summary checks={value} />}
      {value && (
        <ul style={{ listStyle: 'none', margin: '0 0 12px', padding: 0 }}>
          {value
            .toSorted((one, other) => LOOKS[one.state].rank - LOOKS[other.state].rank)
            .map((check) => (
              <Row key={check.id} check={check} />
            ))}
        </ul>
      )}
      <Button labelId="msteams_connect.admin.checks.again" disabled={busy} onClick={reload} />
    </AdminSection>
  );
}

function Summary({ checks }: { checks: readonly CheckView[] }) {
  const bad = checks.filter(({ state }) => state !== 'ok').length;
  return (
    <p role="status" style={PARAGRAPH}>
      <FormattedMessage
        id={bad === 0 ? 'msteams_connect.admin.checks.well' : 'msteams_connect.admin.checks.unwell'}
        values={{ bad, count: checks.length }}
      />
    </p>
  );
}

function Row({ check: { id, title, state, detail, remedy } }: { check: CheckView }) {
  return (
    <li data-testid={`msteams-check-${id}`} data-state={state} style={{ display: 'flex', gap: 8, padding: '6px 0' }}>
      <span style={{ color: LOOKS[state].color, flex: 'none', paddingTop: 1 }}>
        <Icon name={state} size={18} />
      </span>
      <div>
        <strong>{title}</strong>{' '}
        <span style={{ position: 'absolute', clip: 'rect(0 0 0 0)', overflow: 'hidden', width: 1, height: 1 }}>
          (<FormattedMessage id={`msteams_connect.admin.state.${state}`} />)
        </span>
        <div>{detail}</div>
        {remedy && (
          <div style={{ marginTop: 2 }}>
            <b>
              <FormattedMessage id="msteams_connect.admin.remedy" />
            </b>{' '}
            <Linked text={remedy} />
          </div>
        )}
      </div>
    </li>
  );
}

/** A sentence with its web addresses as links. */
function Linked({ text }: { text: string }) {
  return (
    <>
      {text.split(/(https:\/\/[^\s)]*[^\s).,;])/).map((part) =>
        part.startsWith('https://') ? (
          <a key={part} href={part} target="_blank" rel="noopener noreferrer" style={{ overflowWrap: 'anywhere' }}>
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </>
  );
}
