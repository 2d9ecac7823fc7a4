import type { KeyboardEvent } from 'react';
import React, { useEffect, useRef, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import { Icon } from './icons.tsx';

interface Props {
  labelId: string;
  icon: 'mute';
  disabled?: boolean;
  items: Array<{ labelId: string; onSelect(): void }>;
}

/** A menu button (https://www.w3.org/WAI/ARIA/apg/patterns/menu-button/). Closing returns the focus to the button. */
export function Menu({ labelId, icon, disabled = false, items }: Props) {
  const intl = useIntl();
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (!open) return;
    entries(root.current)[0]?.focus();
    const elsewhere = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    const page = root.current?.ownerDocument;
    page?.addEventListener('mousedown', elsewhere);
    return () => page?.removeEventListener('mousedown', elsewhere);
  }, [open]);

  function close() {
    setOpen(false);
    button.current?.focus();
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: handles the keys of the controls inside.
    <div className="msteams-menu" ref={root} onKeyDown={open ? (event) => onKey(event, close) : undefined}>
      <button
        type="button"
        ref={button}
        className="msteams-ghost"
        aria-haspopup="menu"
        aria-expanded={open}
        title={intl.formatMessage({ id: labelId })}
        disabled={disabled}
        onClick={() => setOpen(!open)}
      >
        <Icon name={icon} />
        <span className="msteams-quiet__label">
          <FormattedMessage id={labelId} />
        </span>
        <Icon name="down" size={12} />
      </button>
      {open && (
        <div role="menu" className="msteams-menu__list">
          {items.map((item) => (
            <button
              key={item.labelId}
              type="button"
              role="menuitem"
              tabIndex={-1}
              className="msteams-menu__item"
              onClick={() => {
                close();
                item.onSelect();
              }}
            >
              <FormattedMessage id={item.labelId} />
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

function entries(root: HTMLElement | null): HTMLElement[] {
  return [...(root?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])];
}

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 };

function onKey(event: KeyboardEvent<HTMLElement>, close: () => void) {
  const all = entries(event.currentTarget);
  const at = all.indexOf(event.currentTarget.ownerDocument.activeElement as HTMLElement);
  const step = STEPS[event.key];
  const target = event.key === 'Home' ? 0 : event.key === 'End' ? all.length - 1 : at + (step ?? 0);
  if (event.key === 'Escape' || event.key === 'Tab') close();
  else if (step !== undefined || event.key === 'Home' || event.key === 'End') all.at(target % all.length)?.focus();
  else return;
  // Escape must not close the surrounding panel as well. Tab keeps its default: it continues from the button.
  if (event.key !== 'Tab') event.preventDefault();
  event.stopPropagation();
}
