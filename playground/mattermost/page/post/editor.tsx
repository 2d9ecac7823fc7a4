import React from 'react';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { useAppDispatch } from '../parts/context.ts';
import type { Post } from '../types.ts';

/** The box in which an own post is changed. */
export function PostEditor({ post, onDone }: { post: Post; onDone: () => void }): React.ReactElement {
  const text = useText();
  const dispatch = useAppDispatch();
  const [message, setMessage] = React.useState(post.message);
  const [error, setError] = React.useState('');
  const box = React.useRef<HTMLTextAreaElement>(null);
  React.useEffect(() => box.current?.focus(), []);
  async function save(): Promise<void> {
    try {
      const data = await request<Post>(`/posts/${post.id}/patch`, { method: 'PUT', json: { message } });
      dispatch({ type: 'RECEIVED_POST', data });
      onDone();
    } catch (failure) {
      setError(messageOf(failure));
    }
  }
  return (
    <div className="post-editor">
      <textarea
        ref={box}
        className="form-control"
        aria-label={text('post.edit')}
        value={message}
        onChange={(event) => setMessage(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') onDone();
        }}
      />
      <button type="button" className="btn btn-primary btn-sm" onClick={() => void save()}>
        {text('post.save')}
      </button>
      <button type="button" className="btn btn-tertiary btn-sm" onClick={onDone}>
        {text('post.cancel')}
      </button>
      {error === '' ? null : (
        <p className="error-text" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}
