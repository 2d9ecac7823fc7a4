import type { ReactNode } from 'react';
import React, { useId } from 'react';
import { FormattedMessage } from 'react-intl';

/** One block of the System Console page, with a heading like those of Mattermost's own pages. */
export function AdminSection({ titleId, children }: { titleId: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h2 id={id} style={{ margin: '0 0 12px', fontSize: 18, fontWeight: 600 }}>
        <FormattedMessage id={titleId} />
      </h2>
      {children}
    </section>
  );
}
