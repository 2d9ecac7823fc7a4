import React from 'react';
import { FormattedMessage } from 'react-intl';
import type { State } from '../../reducer.ts';

/** An error with its remedy; `role=alert`, so that screen readers read it at once. */
export function Problem({ problem, onRetry }: { problem: State['problem']; onRetry?(): void }) {
  if (!problem) return null;
  return (
    <div role="alert" className="msteams-alert">
      {'text' in problem ? problem.text : <FormattedMessage id={problem.id} />}{' '}
      {onRetry && (
        <button type="button" className="btn-link" style={{ padding: 0, border: 0 }} onClick={onRetry}>
          <FormattedMessage id="msteams_connect.error.retry" />
        </button>
      )}
    </div>
  );
}
