import React from 'react';
import { makeId } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { renderMarkdown } from '../markdown/render.tsx';
import type { ConsoleSetting } from './schema.ts';

/** What a field of the console needs. */
export interface FieldProps {
  id: string;
  setting: ConsoleSetting;
  value: unknown;
  disabled: boolean;
  onChange: (id: string, value: unknown) => void;
}

/** A labelled row of the console. */
export function Row(props: {
  label: React.ReactNode;
  htmlFor?: string | undefined;
  help?: string | undefined;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <div className="console-row">
      {props.htmlFor === undefined ? (
        <span className="console-row__label">{props.label}</span>
      ) : (
        <label className="console-row__label" htmlFor={props.htmlFor}>
          {props.label}
        </label>
      )}
      <div className="console-row__field">
        {props.children}
        {props.help ? <div className="help-text">{renderMarkdown(props.help)}</div> : null}
      </div>
    </div>
  );
}

/** True and false as radio buttons. */
export function BooleanField(props: {
  id: string;
  label: string;
  value: boolean;
  disabled: boolean;
  onChange: (value: boolean) => void;
}): React.ReactElement {
  const text = useText();
  return (
    <div role="radiogroup" aria-label={props.label}>
      {[true, false].map((value) => (
        <label key={String(value)} className="radio radio--inline">
          <input
            type="radio"
            name={props.id}
            data-testid={`${props.id}${value}`}
            disabled={props.disabled}
            checked={props.value === value}
            onChange={() => props.onChange(value)}
          />
          {text(value ? 'console.true' : 'console.false')}
        </label>
      ))}
    </div>
  );
}

function RadioField({ id, setting, value, disabled, onChange }: FieldProps): React.ReactElement {
  return (
    <div role="radiogroup" aria-label={setting.display_name}>
      {(setting.options ?? []).map((option) => (
        <label key={option.value} className="radio">
          <input
            type="radio"
            name={id}
            disabled={disabled}
            checked={value === option.value}
            onChange={() => onChange(id, option.value)}
          />
          {option.display_name}
        </label>
      ))}
    </div>
  );
}

function GeneratedField({ id, setting, value, disabled, onChange }: FieldProps): React.ReactElement {
  const text = useText();
  return (
    <>
      <input
        id={id}
        className="form-control"
        readOnly
        disabled={disabled}
        placeholder={setting.placeholder}
        value={String(value ?? '')}
      />
      <button
        type="button"
        className="btn btn-tertiary btn-sm"
        disabled={disabled}
        onClick={() => onChange(id, makeId())}
      >
        {text('console.regenerate')}
      </button>
      {setting.regenerate_help_text ? (
        <div className="help-text">{renderMarkdown(setting.regenerate_help_text)}</div>
      ) : null}
    </>
  );
}

function TextField({ id, setting, value, disabled, onChange }: FieldProps): React.ReactElement {
  const isNumber = setting.type === 'number';
  return (
    <input
      id={id}
      data-testid={`setting-${setting.key}`}
      className="form-control"
      type={isNumber ? 'number' : 'text'}
      disabled={disabled}
      placeholder={setting.placeholder}
      value={String(value ?? '')}
      onChange={(event) => onChange(id, isNumber ? Number(event.target.value) : event.target.value)}
    />
  );
}

/** The control for a setting's type; `custom` is not its matter. */
export function Control(props: FieldProps): React.ReactElement {
  const { id, setting, value, disabled, onChange } = props;
  switch (setting.type) {
    case 'bool':
      return (
        <BooleanField
          id={id}
          label={setting.display_name}
          value={value === true || value === 'true'}
          disabled={disabled}
          onChange={(next) => onChange(id, next)}
        />
      );
    case 'radio':
      return <RadioField {...props} />;
    case 'dropdown':
      return (
        <select
          id={id}
          className="form-control"
          disabled={disabled}
          value={String(value ?? '')}
          onChange={(event) => onChange(id, event.target.value)}
        >
          {(setting.options ?? []).map((option) => (
            <option key={option.value} value={option.value}>
              {option.display_name}
            </option>
          ))}
        </select>
      );
    case 'longtext':
      return (
        <textarea
          id={id}
          className="form-control"
          rows={5}
          disabled={disabled}
          placeholder={setting.placeholder}
          value={String(value ?? '')}
          onChange={(event) => onChange(id, event.target.value)}
        />
      );
    case 'generated':
      return <GeneratedField {...props} />;
    default:
      return <TextField {...props} />;
  }
}
