import React from 'react';
import { useText } from '../i18n/text.ts';
import { useApp, useAppStore } from '../parts/context.ts';
import { Icon } from '../parts/icons.tsx';
import { componentsIn } from '../store/selectors.ts';
import type { Channel } from '../types.ts';
import { type SubmitResult, submitCommand } from './command.ts';
import { AttachButton, FilePreviews, useUploads } from './files.tsx';
import { gotoLocation } from './goto.ts';
import { submitMessage } from './message.ts';
import { SuggestionList, useSuggestions } from './suggestions.tsx';

interface ComposerProps {
  channel: Channel;
  title: string;
  rootId?: string;
}

const IDLE: SubmitResult = { clear: false };

/** Sends the draft: a first character `/` makes it a command, unless it goes as a message on request. */
function useSubmit({ channel, rootId = '' }: ComposerProps, uploads: ReturnType<typeof useUploads>) {
  const store = useAppStore();
  const key = `${channel.id}${rootId}`;
  const message = useApp((state) => state.views.drafts[key] ?? '');
  const [result, setResult] = React.useState<SubmitResult>(IDLE);
  const submitting = React.useRef(false);
  const [busy, setBusy] = React.useState(false);
  function setMessage(next: string): void {
    store.dispatch({ type: 'DRAFT_CHANGED', key, message: next });
  }
  async function send(asMessage: boolean): Promise<SubmitResult> {
    if (message.startsWith('/') && !asMessage) {
      const args = { channel_id: channel.id, team_id: store.getState().entities.teams.currentTeamId, root_id: rootId };
      return submitCommand(componentsIn('SlashCommandWillBePosted')(store.getState()), { message, args });
    }
    const fileIds = uploads.files.map((file) => file.id);
    return submitMessage(store, { message, channelId: channel.id, rootId, fileIds });
  }
  async function submit(asMessage = false): Promise<void> {
    if (submitting.current || (message.trim() === '' && uploads.files.length === 0)) return;
    submitting.current = true;
    setBusy(true);
    setResult(IDLE);
    const done = await send(asMessage);
    submitting.current = false;
    setBusy(false);
    setResult(done);
    if (!done.clear) return;
    setMessage('');
    if (!message.startsWith('/')) uploads.clear();
    if (done.gotoLocation !== undefined) gotoLocation(done.gotoLocation);
  }
  return { message, setMessage, result, setResult, busy, submit };
}

function ErrorLine({ result, onSend }: { result: SubmitResult; onSend: () => void }): React.ReactElement | null {
  const text = useText();
  if (!result.error) return null;
  return (
    <p className="post-error" role="alert" data-testid="composer-error">
      {result.error}{' '}
      {result.offerAsMessage === undefined ? null : (
        <button type="button" className="btn-link" onClick={onSend}>
          {text('composer.asMessage')}
        </button>
      )}
    </p>
  );
}

function useGrowingBox(message: string) {
  const box = React.useRef<HTMLTextAreaElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  React.useLayoutEffect(() => {
    if (box.current === null) return;
    box.current.style.height = 'auto';
    box.current.style.height = `${Math.min(box.current.scrollHeight, 240)}px`;
  }, [message]);
  return box;
}

/** The box in which messages and slash commands are written. */
export function Composer(props: ComposerProps): React.ReactElement {
  const text = useText();
  const uploads = useUploads(props.channel.id);
  const draft = useSubmit(props, uploads);
  const box = useGrowingBox(draft.message);
  const suggestions = useSuggestions({ ...props, message: draft.message, onPick: draft.setMessage });
  const label = props.rootId ? text('composer.reply') : text('composer.write', { name: props.title });
  const listId = React.useId();
  function onKeyDown(event: React.KeyboardEvent): void {
    if (suggestions.onKey(event)) return;
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void draft.submit();
  }
  return (
    <div className="composer">
      <SuggestionList id={listId} suggestions={suggestions} />
      <div className="AdvancedTextEditor">
        <textarea
          ref={box}
          rows={1}
          data-testid={props.rootId ? 'reply-composer' : 'composer'}
          aria-label={label}
          aria-autocomplete="list"
          aria-controls={suggestions.open ? listId : undefined}
          placeholder={label}
          value={draft.message}
          onChange={(event) => {
            draft.setMessage(event.target.value);
            draft.setResult(IDLE);
          }}
          onKeyDown={onKeyDown}
        />
        <FilePreviews uploads={uploads} />
        <div className="AdvancedTextEditor__actions">
          <AttachButton uploads={uploads} />
          <button
            type="button"
            className="SendMessageButton"
            data-testid={props.rootId ? 'reply-send' : 'send'}
            aria-label={text('composer.send')}
            disabled={draft.busy || (draft.message.trim() === '' && uploads.files.length === 0)}
            onClick={() => void draft.submit()}
          >
            <Icon name="send" />
          </button>
        </div>
      </div>
      <ErrorLine result={draft.result} onSend={() => void draft.submit(true)} />
      {uploads.error === '' ? null : (
        <p className="post-error" role="alert">
          {uploads.error}
        </p>
      )}
    </div>
  );
}

/** Puts the cursor into the composer of the centre when the channel changes. */
export function useComposerFocus(channelId: string): void {
  React.useEffect(() => {
    if (channelId !== '' && window.innerWidth > 768)
      document.querySelector<HTMLElement>('[data-testid=composer]')?.focus();
  }, [channelId]);
}
