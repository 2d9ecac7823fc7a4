import React from 'react';

/** One field of an interactive dialog. */
export interface DialogElement {
  display_name: string;
  name: string;
  type: string;
  subtype?: string;
  default?: string;
  placeholder?: string;
  help_text?: string;
  optional?: boolean;
  max_length?: number;
  options?: Array<{ text: string; value: string }>;
}

interface FieldProps {
  element: DialogElement;
  value: string | boolean;
  error: string | undefined;
  onChange: (value: string | boolean) => void;
}

/** A field with its label, help and error. */
export function DialogField(props: FieldProps): React.ReactElement {
  const id = React.useId();
  return (
    <div className="form-group">
      <label htmlFor={id}>{props.element.display_name}</label>
      <Control {...props} id={id} />
      {props.element.help_text ? <p className="help-text">{props.element.help_text}</p> : null}
      {props.error ? (
        <p className="error-text" role="alert">
          {props.error}
        </p>
      ) : null}
    </div>
  );
}

function Control({ element, value, onChange, id }: FieldProps & { id: string }): React.ReactElement {
  const common = { id, className: 'form-control', placeholder: element.placeholder, maxLength: element.max_length };
  if (element.type === 'textarea') {
    return <textarea {...common} value={String(value)} onChange={(event) => onChange(event.target.value)} />;
  }
  if (element.type === 'bool') {
    return (
      <input id={id} type="checkbox" checked={value === true} onChange={(event) => onChange(event.target.checked)} />
    );
  }
  if (element.type === 'select' || element.type === 'radio') {
    return (
      <select id={id} className="form-control" value={String(value)} onChange={(event) => onChange(event.target.value)}>
        <option value="">{element.placeholder ?? ''}</option>
        {(element.options ?? []).map((option) => (
          <option key={option.value} value={option.value}>
            {option.text}
          </option>
        ))}
      </select>
    );
  }
  return (
    <input
      {...common}
      type={element.subtype || 'text'}
      value={String(value)}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
