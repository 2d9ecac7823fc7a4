import React from 'react';
import { UserSettingsModal } from '../settings/modal.tsx';
import type { OpenModal } from '../types.ts';
import { useApp, useAppDispatch } from './context.ts';
import { InteractiveDialog, readDialog } from './interactive-dialog.tsx';

/** The action that opens a modal; `dialogType` gets `dialogProps` and `{show, onHide, onExited}`. */
export function openModal(modal: OpenModal) {
  return { type: 'MODAL_OPEN', ...modal } as const;
}

/** The action that closes a modal. */
export function closeModal(modalId: string) {
  return { type: 'MODAL_CLOSE', modalId } as const;
}

/** The action that opens the user settings; `activeTab` is `display` or a plugin id. */
export function openUserSettings(dialogProps: { activeTab?: string } = {}) {
  return openModal({ modalId: 'user_settings', dialogType: UserSettingsModal, dialogProps });
}

/** The action that opens an interactive dialog as the server describes it. */
export function openInteractiveDialog(request: unknown) {
  const dialogProps = { request: readDialog(request) };
  return openModal({ modalId: 'interactive_dialog', dialogType: InteractiveDialog, dialogProps });
}

/** All open modals. */
export function ModalController(): React.ReactElement {
  const modals = useApp((state) => state.views.modals.modalState);
  const dispatch = useAppDispatch();
  return (
    <>
      {Object.values(modals).map((modal) => {
        const hide = () => void dispatch(closeModal(modal.modalId));
        return <modal.dialogType key={modal.modalId} {...modal.dialogProps} show onHide={hide} onExited={hide} />;
      })}
    </>
  );
}
