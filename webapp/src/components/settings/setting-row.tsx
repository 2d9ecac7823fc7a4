import type { ReactNode } from 'react';
import React, { useEffect, useId, useRef, useState } from 'react';
import { FormattedMessage } from 'react-intl';
import type { PreferencesView } from '../../../../sidecar/src/api/schema.ts';
import type { Actions } from '../../actions.ts';
import { Button } from '../controls/button.tsx';
import { Icon } from '../controls/icons.tsx';

/** Props of a row that changes one part of the preferences. */
export interface RowProps {
  preferences: PreferencesView;
  actions: Actions;
}

interface Props {
  titleId: string;
  /** The current choice in a few words. */
  summary: ReactNode;
  /** The controls; mounted when the row opens. */
  children: ReactNode;
  /** Called when the row opens, to reset the controls to the current choice. */
  onOpen(): void;
  /** Resolves to false on failure; the row stays open. */
  onSave(): Promise<boolean>;
}

/**
 * One setting like Mattermost's own: a summary with *Edit*, or the controls with *Save* and *Cancel*. Opening moves the focus to the first
 * control, closing moves it back to *Edit*.
 */
export function SettingRow({ titleId, summary, children, onOpen, onSave }: Props) {
  const [open, setOpen] = useState<boolean | 'saving'>(false);
  const [saved, setSaved] = useState(false);
  const id = useId();
  const root = useRef<HTMLElement>(null);
  const wasOpen = useRef(false);

  const isOpen = open !== false;
  useEffect(() => {
    const find = (selector: string) => root.current?.querySelector<HTMLElement>(selector);
    if (isOpen) (find('input:checked') ?? find('input, select'))?.focus();
    else if (wasOpen.current) find('button')?.focus();
    wasOpen.current = isOpen;
  }, [isOpen]);

  async function save() {
    setOpen('saving');
    const done = await onSave();
    setSaved(done);
    setOpen(!done);
  }

  return (
    <section className="msteams-row" aria-labelledby={id} ref={root}>
      <div className="msteams-row__head">
        <h3 id={id}>
          <FormattedMessage id={titleId} />
        </h3>
        {!isOpen && (
          <button
            type="button"
            className="msteams-edit"
            aria-describedby={id}
            onClick={() => {
              onOpen();
              setSaved(false);
              setOpen(true);
            }}
          >
            <Icon name="edit" />
            <span>
              <FormattedMessage id="msteams_connect.settings.edit" />
            </span>
          </button>
        )}
      </div>
      {isOpen ? (
        <>
          {children}
          <div className="msteams-row__actions">
            <Button
              emphasis="primary"
              labelId="msteams_connect.settings.save"
              disabled={open === 'saving'}
              onClick={() => void save()}
            />
            <Button labelId="msteams_connect.settings.cancel" onClick={() => setOpen(false)} />
          </div>
        </>
      ) : (
        <p className="msteams-row__summary">{summary}</p>
      )}
      <p role="status" className="msteams-row__summary">
        {saved && !isOpen && <FormattedMessage id="msteams_connect.settings.saved" />}
      </p>
    </section>
  );
}
