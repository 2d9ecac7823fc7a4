import React from 'react';
import { FormattedMessage } from 'react-intl';

interface Props<Value extends string> {
  /** Names the group of radio buttons. */
  name: string;
  legendId: string;
  /** For screen readers only, where a heading asks the same. */
  hideLegend?: boolean;
  choices: ReadonlyArray<{ value: Value; labelId: string; helpId?: string }>;
  value: Value;
  onChange(value: Value): void;
}

/** Radio buttons in a fieldset with a legend. */
export function RadioGroup<Value extends string>({
  name,
  legendId,
  hideLegend = false,
  choices,
  value,
  onChange,
}: Props<Value>) {
  return (
    <fieldset className="msteams-fields" style={hideLegend ? { margin: 0 } : undefined}>
      <legend className={hideLegend ? 'sr-only' : undefined}>
        <FormattedMessage id={legendId} />
      </legend>
      {choices.map((choice) => (
        <label key={choice.value} className="msteams-field">
          <input
            type="radio"
            name={`msteams_connect_${name}`}
            value={choice.value}
            checked={choice.value === value}
            onChange={() => onChange(choice.value)}
          />
          <FormattedMessage id={choice.labelId} />
          {choice.helpId && (
            <span className="msteams-field__help">
              <FormattedMessage id={choice.helpId} />
            </span>
          )}
        </label>
      ))}
    </fieldset>
  );
}
