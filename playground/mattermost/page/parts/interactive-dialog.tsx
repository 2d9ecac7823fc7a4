import React from 'react';
import { request as callApi, messageOf } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { renderMarkdown } from '../markdown/render.tsx';
import { useAppStore } from './context.ts';
import { Modal } from './controls.tsx';
import { type DialogElement, DialogField } from './dialog-field.tsx';

/** A dialog as `open_dialog` and `openInteractiveDialog` describe it. */
export interface DialogRequest {
  url: string;
  dialog: {
    callback_id: string;
    title: string;
    introduction_text: string;
    elements: DialogElement[];
    submit_label: string;
    notify_on_cancel: boolean;
    state: string;
  };
}

interface SubmitReply {
  error?: string;
  errors?: Record<string, string>;
}

/** Fills what a dialog request leaves out. */
export function readDialog(request: unknown): DialogRequest {
  const given = (typeof request === 'object' && request !== null ? request : {}) as Partial<DialogRequest>;
  const defaults = {
    callback_id: '',
    title: '',
    introduction_text: '',
    submit_label: '',
    notify_on_cancel: false,
    state: '',
  };
  const dialog = { ...defaults, elements: [], ...given.dialog };
  return { url: given.url ?? '', dialog: { ...dialog, elements: dialog.elements ?? [] } };
}

function initialValues(elements: DialogElement[]): Record<string, string | boolean> {
  return Object.fromEntries(
    elements.map((one) => [one.name, one.type === 'bool' ? one.default === 'true' : (one.default ?? '')]),
  );
}

function missing(elements: DialogElement[], values: Record<string, string | boolean>, text: string) {
  const empty = elements.filter((one) => !one.optional && one.type !== 'bool' && values[one.name] === '');
  return Object.fromEntries(empty.map((one) => [one.name, text]));
}

function useSubmission(request: DialogRequest, onHide: () => void) {
  const store = useAppStore();
  const [reply, setReply] = React.useState<SubmitReply>({});
  async function send(submission: Record<string, unknown>, cancelled: boolean): Promise<void> {
    const { currentChannelId: channel_id } = store.getState().entities.channels;
    const { currentTeamId: team_id } = store.getState().entities.teams;
    const { callback_id, state } = request.dialog;
    const place = { channel_id, team_id, url: request.url };
    const json = { type: 'dialog_submission', callback_id, state, ...place, submission, cancelled };
    try {
      const answer = await callApi<SubmitReply>('/actions/dialogs/submit', { method: 'POST', json });
      if (answer.error || Object.keys(answer.errors ?? {}).length > 0) setReply(answer);
      else onHide();
    } catch (error) {
      setReply({ error: messageOf(error) });
    }
  }
  return { reply, setReply, send };
}

/** An interactive dialog: its fields, Submit to the integration through the server, errors beside the fields. */
export function InteractiveDialog(props: { request: DialogRequest; onHide: () => void }): React.ReactElement {
  const { dialog } = props.request;
  const text = useText();
  const [values, setValues] = React.useState(() => initialValues(dialog.elements));
  const { reply, setReply, send } = useSubmission(props.request, props.onHide);
  function submit(event: React.FormEvent): void {
    event.preventDefault();
    const errors = missing(dialog.elements, values, text('dialog.required'));
    if (Object.keys(errors).length > 0) setReply({ errors });
    else void send(values, false);
  }
  function cancel(): void {
    if (dialog.notify_on_cancel) void send({}, true);
    props.onHide();
  }
  return (
    <Modal title={dialog.title} closeLabel={text('dialog.cancel')} onClose={cancel} testId="interactive-dialog">
      <form className="modal-body" onSubmit={submit}>
        {dialog.introduction_text === '' ? null : <div>{renderMarkdown(dialog.introduction_text)}</div>}
        {dialog.elements.map((element) => (
          <DialogField
            key={element.name}
            element={element}
            value={values[element.name] ?? ''}
            error={reply.errors?.[element.name]}
            onChange={(value) => setValues({ ...values, [element.name]: value })}
          />
        ))}
        {reply.error ? (
          <p className="error-text" role="alert">
            {reply.error}
          </p>
        ) : null}
        <div className="modal-footer">
          <button type="button" className="btn btn-tertiary" onClick={cancel}>
            {text('dialog.cancel')}
          </button>
          <button type="submit" className="btn btn-primary">
            {dialog.submit_label || text('dialog.submit')}
          </button>
        </div>
      </form>
    </Modal>
  );
}
