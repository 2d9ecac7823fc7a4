import React, { useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { AllowListResult } from '../../../../sidecar/src/api/admin-schema.ts';
import type { AdminClient } from '../../admin-client.ts';
import { saveFile } from '../../host.ts';
import { Button } from '../controls/button.tsx';
import { Problem } from '../controls/problem.tsx';
import { AdminSection } from './admin-section.tsx';
import { PARAGRAPH } from './styles.ts';
import { useLoad } from './use-load.ts';

const SHOWN = 20;

/** The allow-list: shows its size, replaces it by an uploaded file and names the wrong lines. An empty list admits all users. */
export function AllowList({ client }: { client: AdminClient }) {
  const { value, problem, busy, act } = useLoad(client.allowList);
  const [result, setResult] = useState<AllowListResult | null>(null);
  const emails = value?.emails ?? [];

  async function upload(file: File | undefined) {
    if (!file) return;
    const text = await file.text();
    await act(async () => setResult(await client.replaceAllowList(text)));
  }

  return (
    <AdminSection titleId="msteams_connect.admin.allow">
      <Problem problem={problem} />
      <p style={PARAGRAPH}>
        <FormattedMessage
          id={emails.length === 0 ? 'msteams_connect.admin.allow.everybody' : 'msteams_connect.admin.allow.count'}
          values={{ count: emails.length }}
        />
      </p>
      <p style={PARAGRAPH}>
        <FormattedMessage id="msteams_connect.admin.allow.upload" />
      </p>
      <p style={PARAGRAPH}>
        <label className="btn btn-tertiary btn-sm msteams-file">
          <FormattedMessage id="msteams_connect.admin.allow.choose" />
          <input
            type="file"
            accept=".csv,.txt,text/csv,text/plain"
            data-testid="msteams-allow-file"
            disabled={busy}
            onChange={(event) => void upload(event.target.files?.[0])}
          />
        </label>
      </p>
      {result && <Outcome result={result} />}
      {emails.length > 0 && (
        <>
          <Button
            labelId="msteams_connect.admin.allow.download"
            onClick={() =>
              saveFile('allow-list.csv', new Blob([`email\n${emails.join('\n')}\n`], { type: 'text/csv' }))
            }
          />{' '}
          <Button
            labelId="msteams_connect.admin.allow.clear"
            disabled={busy}
            onClick={() => void act(async () => setResult(await client.replaceAllowList('')))}
          />
        </>
      )}
    </AdminSection>
  );
}

function Outcome({ result: { count, errors } }: { result: AllowListResult }) {
  if (errors.length === 0) {
    return (
      <p role="status" style={PARAGRAPH}>
        <FormattedMessage id="msteams_connect.admin.allow.saved" values={{ count }} />
      </p>
    );
  }
  return (
    <div role="alert" style={{ color: 'var(--error-text)' }}>
      <FormattedMessage id="msteams_connect.admin.allow.errors" values={{ count: errors.length }} />
      <ul>
        {errors.slice(0, SHOWN).map(({ line, text }) => (
          <li key={line}>
            <FormattedMessage id="msteams_connect.admin.allow.line" values={{ line, text }} />
          </li>
        ))}
      </ul>
    </div>
  );
}
