import React from 'react';
import { FormattedMessage } from 'react-intl';

interface Props {
  labelId?: string;
  /** Translated text, instead of a key. */
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

/** A button in Mattermost's CSS classes, which follow the theme. */
export function Button({ labelId, label, emphasis = 'default', disabled = false, onClick }: Props) {
  return (
    <button type="button" className={CLASSES[emphasis]} disabled={disabled} onClick={onClick}>
      {labelId ? <FormattedMessage id={labelId} /> : label}
    </button>
  );
}
