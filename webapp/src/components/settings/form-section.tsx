import type { ReactNode } from 'react';
import React, { useId } from 'react';
import { FormattedMessage } from 'react-intl';

/** A block with a heading, spaced like Mattermost's settings. */
export function FormSection({ titleId, children }: { titleId: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="msteams-row">
      <h3 id={id} style={{ marginBottom: 8 }}>
        <FormattedMessage id={titleId} />
      </h3>
      {children}
    </section>
  );
}
