import React from 'react';
import { useText } from '../i18n/text.ts';

/** A choice among radio buttons. */
export interface Choice {
  value: string;
  text: string;
  helpText?: string;
}

/** A group of radio buttons under its title. */
export function RadioGroup(props: {
  name: string;
  title: string;
  helpText?: string | undefined;
  value: string;
  choices: readonly Choice[];
  onChange: (value: string) => void;
  /** The section above already shows the title; screen readers still hear it. */
  titleHidden?: boolean;
}): React.ReactElement {
  return (
    <fieldset className="radio-group">
      <legend className={props.titleHidden ? 'sr-only' : undefined}>{props.title}</legend>
      {props.choices.map((choice) => (
        <label key={choice.value} className="radio">
          <input
            type="radio"
            name={props.name}
            value={choice.value}
            checked={props.value === choice.value}
            onChange={() => props.onChange(choice.value)}
          />
          <span>
            {choice.text}
            {choice.helpText ? <span className="help-text">{choice.helpText}</span> : null}
          </span>
        </label>
      ))}
      {props.helpText ? <p className="help-text">{props.helpText}</p> : null}
    </fieldset>
  );
}

/** A section that shows its state and opens for editing with Save and Cancel. */
export function Section(props: {
  title: string;
  summary: string;
  disabled?: boolean | undefined;
  error: string;
  open: boolean;
  onOpen: (open: boolean) => void;
  onSave: () => void;
  children: React.ReactNode;
}): React.ReactElement {
  const text = useText();
  if (!props.open) {
    return (
      <section className="section-min">
        <div>
          <h3>{props.title}</h3>
          <p>{props.summary}</p>
        </div>
        {props.disabled ? null : (
          <button
            type="button"
            className="btn-link"
            aria-label={`${props.title} ${text('settings.edit')}`}
            data-testid={`edit-${props.title}`}
            onClick={() => props.onOpen(true)}
          >
            {text('settings.edit')}
          </button>
        )}
      </section>
    );
  }
  return (
    <section className="section-max" aria-label={props.title}>
      <h3>{props.title}</h3>
      {props.children}
      {props.error === '' ? null : (
        <p className="error-text" role="alert">
          {props.error}
        </p>
      )}
      <div className="section-max__actions">
        <button type="button" className="btn btn-primary btn-sm" data-testid="settings-save" onClick={props.onSave}>
          {text('settings.save')}
        </button>
        <button type="button" className="btn btn-tertiary btn-sm" onClick={() => props.onOpen(false)}>
          {text('settings.cancel')}
        </button>
      </div>
    </section>
  );
}
