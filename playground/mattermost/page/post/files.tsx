import React from 'react';
import { useApp } from '../parts/context.ts';
import { Icon } from '../parts/icons.tsx';
import type { FileInfo, Post } from '../types.ts';

const UNITS = ['B', 'KB', 'MB', 'GB'];

function sizeText(bytes: number): string {
  const step = Math.min(Math.floor(Math.log2(Math.max(bytes, 1)) / 10), UNITS.length - 1);
  return `${Math.round(bytes / 1024 ** step)}${UNITS[step] ?? 'B'}`;
}

function FileCard({ file }: { file: FileInfo }): React.ReactElement {
  return (
    <a className="file-card" href={`/api/v4/files/${file.id}?download=1`} download={file.name} data-testid="file">
      <Icon name="file" size={32} />
      <span>
        <span className="file-card__name">{file.name}</span>
        <span className="file-card__size">{`${(file.extension ?? '').toUpperCase()} ${sizeText(file.size)}`}</span>
      </span>
    </a>
  );
}

function Picture({ file }: { file: FileInfo }): React.ReactElement {
  const [broken, setBroken] = React.useState(false);
  if (broken) return <FileCard file={file} />;
  return (
    <a className="file-picture" href={`/api/v4/files/${file.id}`} target="_blank" rel="noreferrer">
      <img
        src={`/api/v4/files/${file.id}`}
        alt={file.name}
        width={file.width || undefined}
        height={file.height || undefined}
        data-testid="picture"
        onError={() => setBroken(true)}
      />
    </a>
  );
}

/** The files of a post: pictures as pictures, the rest as cards to download. */
export function PostFiles({ post }: { post: Post }): React.ReactElement | null {
  const ids = useApp((state) => state.entities.files.fileIdsByPostId[post.id]) ?? [];
  const known = useApp((state) => state.entities.files.files);
  const files = ids.flatMap((id) => known[id] ?? []);
  if (files.length === 0) return null;
  return (
    <div className="post-files">
      {files.map((file) =>
        file.mime_type.startsWith('image/') && file.mime_type !== 'image/svg+xml' ? (
          <Picture key={file.id} file={file} />
        ) : (
          <FileCard key={file.id} file={file} />
        ),
      )}
    </div>
  );
}
