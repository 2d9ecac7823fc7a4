import type { ReactNode } from 'react';
import React, { useId } from 'react';
import { FormattedMessage } from 'react-intl';

/** A block of the sidebar with a heading. */
export function PanelSection({ titleId, children }: { titleId: string; children: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id}>
      <h3 id={id}>
        <FormattedMessage id={titleId} />
      </h3>
      {children}
    </section>
  );
}
