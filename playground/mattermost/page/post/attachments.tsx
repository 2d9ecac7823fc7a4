import React from 'react';
import { messageOf, request } from '../api.ts';
import type { Post } from '../types.ts';
import { PostMarkdown } from './markdown.tsx';

interface Action {
  id: string;
  name: string;
  type?: string;
  style?: string;
  disabled?: boolean;
  cookie?: string;
  options?: Array<{ text: string; value: string }>;
}

interface Attachment {
  fallback?: string;
  color?: string;
  pretext?: string;
  author_name?: string;
  author_link?: string;
  author_icon?: string;
  title?: string;
  title_link?: string;
  text?: string;
  fields?: Array<{ title: string; value: unknown; short?: boolean }>;
  image_url?: string;
  thumb_url?: string;
  footer?: string;
  actions?: Action[];
}

const NAMED_COLOURS: Record<string, string> = { good: '#00c100', warning: '#dede01', danger: '#e40303' };

function colorOf(color: string | undefined): string | undefined {
  if (color === undefined || color === '') return undefined;
  return NAMED_COLOURS[color] ?? (/^#[0-9a-f]{3,8}$/i.test(color) ? color : undefined);
}

function useActions(post: Post) {
  const [busy, setBusy] = React.useState('');
  const [error, setError] = React.useState('');
  async function press(action: Action, selected?: string): Promise<void> {
    setBusy(action.id);
    setError('');
    const json = { cookie: action.cookie ?? '', ...(selected === undefined ? {} : { selected_option: selected }) };
    try {
      // What the integration changes or says arrives over the WebSocket.
      await request(`/posts/${post.id}/actions/${action.id}`, { method: 'POST', json });
    } catch (failure) {
      setError(messageOf(failure));
    }
    setBusy('');
  }
  return { busy, error, press };
}

function Actions({ post, actions }: { post: Post; actions: Action[] }): React.ReactElement {
  const { busy, error, press } = useActions(post);
  return (
    <div className="attachment-actions">
      {actions.map((action) =>
        action.type === 'select' ? (
          <select
            key={action.id}
            aria-label={action.name}
            className="form-control"
            defaultValue=""
            onChange={(event) => void press(action, event.target.value)}
          >
            <option value="" disabled>
              {action.name}
            </option>
            {(action.options ?? []).map((option) => (
              <option key={option.value} value={option.value}>
                {option.text}
              </option>
            ))}
          </select>
        ) : (
          <button
            key={action.id}
            type="button"
            className={`attachment-button attachment-button--${action.style ?? 'default'}`}
            data-action-id={action.id}
            disabled={action.disabled || busy !== ''}
            aria-busy={busy === action.id}
            onClick={() => void press(action)}
          >
            {action.name}
          </button>
        ),
      )}
      {error === '' ? null : (
        <p className="error-text" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

function Fields({ fields }: { fields: NonNullable<Attachment['fields']> }): React.ReactElement {
  return (
    <dl className="attachment-fields">
      {fields.map((field) => (
        <div key={`${field.title}${String(field.value)}`} className={field.short ? 'attachment-field--short' : ''}>
          <dt>{field.title}</dt>
          <dd>
            <PostMarkdown text={String(field.value)} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Heading({ attachment }: { attachment: Attachment }): React.ReactElement {
  return (
    <>
      {attachment.author_name ? <div className="attachment-author">{attachment.author_name}</div> : null}
      {attachment.title ? (
        <h2 className="attachment-title">
          <PostMarkdown
            text={attachment.title_link ? `[${attachment.title}](<${attachment.title_link}>)` : attachment.title}
          />
        </h2>
      ) : null}
    </>
  );
}

function OneAttachment({ post, attachment }: { post: Post; attachment: Attachment }): React.ReactElement {
  return (
    <div className="attachment">
      {attachment.pretext ? <PostMarkdown text={attachment.pretext} /> : null}
      <div className="attachment-content" style={{ borderLeftColor: colorOf(attachment.color) }}>
        <Heading attachment={attachment} />
        {attachment.text ? <PostMarkdown text={attachment.text} /> : null}
        {attachment.image_url ? <img className="attachment-image" src={attachment.image_url} alt="" /> : null}
        {attachment.fields?.length ? <Fields fields={attachment.fields} /> : null}
        {attachment.footer ? <div className="attachment-footer">{attachment.footer}</div> : null}
        {attachment.actions?.length ? <Actions post={post} actions={attachment.actions} /> : null}
      </div>
    </div>
  );
}

/** The message attachments of a post with their text, fields and buttons. */
export function Attachments({ post }: { post: Post }): React.ReactElement | null {
  const list = post.props?.attachments;
  if (!Array.isArray(list) || list.length === 0) return null;
  return (
    <>
      {(list as Attachment[]).map((attachment, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: attachments have no identity but their place.
        <OneAttachment key={at} post={post} attachment={attachment} />
      ))}
    </>
  );
}
