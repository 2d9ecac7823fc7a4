import React from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { Icon } from './icons.tsx';

interface Props {
  icon: Parameters<typeof Icon>[0]['name'];
  labelId: string;
  expanded?: boolean;
  onClick(): void;
}

/** A button with an icon and without background or border. */
export function GhostButton({ icon, labelId, expanded, onClick }: Props) {
  const intl = useIntl();
  return (
    <button
      type="button"
      className="msteams-ghost"
      aria-expanded={expanded}
      title={intl.formatMessage({ id: labelId })}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span className="msteams-quiet__label">
        <FormattedMessage id={labelId} />
      </span>
    </button>
  );
}
