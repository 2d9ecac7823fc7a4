import React from 'react';
import { messageOf, request } from '../api.ts';
import { useText } from '../i18n/text.ts';
import { IconButton } from '../parts/controls.tsx';
import type { FileInfo } from '../types.ts';

/** Files chosen for the next message. */
export interface Uploads {
  files: FileInfo[];
  error: string;
  add: (files: File[]) => Promise<void>;
  remove: (id: string) => void;
  clear: () => void;
}

/** Uploads files as they are chosen; Mattermost attaches at most ten. */
export function useUploads(channelId: string): Uploads {
  const [files, setFiles] = React.useState<FileInfo[]>([]);
  const [error, setError] = React.useState('');
  async function add(chosen: File[]): Promise<void> {
    const body = new FormData();
    body.append('channel_id', channelId);
    for (const file of chosen.slice(0, 10)) body.append('files', file, file.name);
    try {
      const reply = await request<{ file_infos: FileInfo[] }>('/files', { method: 'POST', body });
      setFiles((before) => [...before, ...reply.file_infos].slice(0, 10));
      setError('');
    } catch (failure) {
      setError(messageOf(failure));
    }
  }
  const remove = (id: string) => setFiles((before) => before.filter((file) => file.id !== id));
  return { files, error, add, remove, clear: () => setFiles([]) };
}

/** The paper clip with its hidden file field. */
export function AttachButton({ uploads }: { uploads: Uploads }): React.ReactElement {
  const text = useText();
  const field = React.useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton icon="clip" label={text('composer.attach')} onClick={() => field.current?.click()} />
      <input
        ref={field}
        type="file"
        multiple
        hidden
        onChange={(event) => {
          void uploads.add(Array.from(event.target.files ?? []));
          event.target.value = '';
        }}
      />
    </>
  );
}

/** The chosen files, each with a button that takes it away. */
export function FilePreviews({ uploads }: { uploads: Uploads }): React.ReactElement | null {
  const text = useText();
  if (uploads.files.length === 0) return null;
  return (
    <ul className="file-previews">
      {uploads.files.map((file) => (
        <li key={file.id}>
          {file.name}
          <IconButton
            icon="close"
            size={14}
            label={text('composer.removeFile', { name: file.name })}
            onClick={() => uploads.remove(file.id)}
          />
        </li>
      ))}
    </ul>
  );
}
