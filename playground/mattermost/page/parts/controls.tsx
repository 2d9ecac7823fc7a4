import React from 'react';
import { Icon, type IconName } from './icons.tsx';

/** A button that is only a pictogram; the label is its name and tooltip. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick: () => void;
  className?: string;
  testId?: string;
  expanded?: boolean;
  size?: number;
}): React.ReactElement {
  return (
    <button
      type="button"
      className={`IconButton ${props.className ?? ''}`}
      aria-label={props.label}
      title={props.label}
      aria-expanded={props.expanded}
      data-testid={props.testId}
      onClick={props.onClick}
    >
      <Icon name={props.icon} size={props.size ?? 18} />
    </button>
  );
}

/** One entry of a `Menu`. */
export interface MenuEntry {
  key: string;
  text: React.ReactNode;
  onSelect: () => void;
  danger?: boolean;
}

/** A button that opens a menu; arrow keys move, Escape and a click elsewhere close. */
export function Menu(props: {
  icon: IconName;
  label: string;
  entries: MenuEntry[];
  button?: React.ReactNode;
  className?: string;
  testId?: string;
}): React.ReactElement {
  const [open, setOpen] = React.useState(false);
  const root = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (!open) return;
    root.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus();
    const away = (event: MouseEvent) => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener('mousedown', away);
    return () => document.removeEventListener('mousedown', away);
  }, [open]);
  function close(): void {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  }
  return (
    <div className={`Menu ${props.className ?? ''}`} ref={root}>
      <button
        type="button"
        className={props.button === undefined ? 'IconButton' : 'Menu__button'}
        aria-label={props.label}
        title={props.label}
        aria-haspopup="menu"
        aria-expanded={open}
        data-testid={props.testId}
        onClick={() => setOpen(!open)}
      >
        {props.button ?? <Icon name={props.icon} />}
      </button>
      {open ? <MenuList entries={props.entries} onDone={close} /> : null}
    </div>
  );
}

function MenuList({ entries, onDone }: { entries: MenuEntry[]; onDone: () => void }): React.ReactElement {
  return (
    <div className="Menu__content" role="menu" tabIndex={-1} onKeyDown={(event) => moveFocus(event, onDone)}>
      {entries.map((entry) => (
        <button
          key={entry.key}
          type="button"
          role="menuitem"
          className={entry.danger ? 'Menu__item Menu__item--danger' : 'Menu__item'}
          onClick={() => {
            onDone();
            entry.onSelect();
          }}
        >
          {entry.text}
        </button>
      ))}
    </div>
  );
}

function moveFocus(event: React.KeyboardEvent<HTMLElement>, close: () => void): void {
  if (event.key === 'Escape') close();
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const items = Array.from(event.currentTarget.querySelectorAll<HTMLElement>('[role=menuitem]'));
  const at = items.indexOf(document.activeElement as HTMLElement);
  const next = event.key === 'ArrowDown' ? at + 1 : at - 1;
  items[(next + items.length) % items.length]?.focus();
}

/** A modal dialog: focus moves in and back out, Tab stays inside, Escape and the backdrop close. */
export function Modal(props: {
  title: string;
  closeLabel: string;
  onClose: () => void;
  children: React.ReactNode;
  className?: string;
  testId?: string;
}): React.ReactElement {
  const box = React.useRef<HTMLDialogElement>(null);
  const titleId = React.useId();
  React.useEffect(() => {
    const before = document.activeElement;
    box.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={box}
      className={`modal ${props.className ?? ''}`}
      aria-labelledby={titleId}
      data-testid={props.testId}
      onCancel={(event) => {
        event.preventDefault();
        props.onClose();
      }}
    >
      <div className="modal-header">
        <h1 className="modal-title" id={titleId}>
          {props.title}
        </h1>
        <IconButton icon="close" label={props.closeLabel} onClick={props.onClose} />
      </div>
      {props.children}
    </dialog>
  );
}
