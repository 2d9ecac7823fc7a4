import React from 'react';
import { FormattedMessage } from 'react-intl';

interface Props {
  labelId?: string;
  /** Text that is already in the person's language, instead of a key. */
  label?: string;
  emphasis?: 'primary' | 'danger' | 'default';
  disabled?: boolean;
  onClick(): void;
}

const CLASSES = {
  primary: 'btn btn-primary btn-sm',
  danger: 'btn btn-danger btn-sm',
  default: 'btn btn-tertiary btn-sm',
};

/** A button in Mattermost's own classes, so that every theme fits. */
export function Button({ labelId, label, emphasis = 'default', disabled = false, onClick }: Props) {
  return (
    <button type="button" className={CLASSES[emphasis]} disabled={disabled} onClick={onClick}>
      {labelId ? <FormattedMessage id={labelId} /> : label}
    </button>
  );
}
