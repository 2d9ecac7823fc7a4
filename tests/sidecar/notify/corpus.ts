import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostDraft } from '../../../sidecar/src/core/types.ts';
import { readChat, readMessage } from '../../../sidecar/src/graph/wire/message.ts';
import type { FileNote } from '../../../sidecar/src/notify/attachments/render-context.ts';
import { type Composed, type ComposeInput, compose } from '../../../sidecar/src/notify/post/compose.ts';

/** One file of the corpus: what Graph says, and the post that shall come of it. */
export interface Case {
  /** What the case shows, in words. */
  shows: string;
  /** The documentation page the message was taken from. */
  source?: string;
  message: Record<string, unknown>;
  chat: Record<string, unknown>;
  /** `en` unless given. */
  locale?: string;
  late?: boolean;
  /** What became of pictures, files and snippets. */
  files?: FileNote[];
  post: Pick<PostDraft, 'message'> & { props?: Record<string, unknown> };
  /** Keys of the pictures and snippets that compose asks for; none unless given. */
  asks?: string[];
}

export const CORPUS = join(import.meta.dirname, 'corpus');

/** The person who reads every post of the corpus. */
export const READER = { oid: '97f62344-57dc-409c-88ad-c4af14158ff5', username: 'ben.weber' };
export const TENANT = '2432b57b-0abd-43db-aa7b-16eadd115d34';

/** All cases by name, in order of their names. */
export function loadCorpus(): [name: string, given: Case][] {
  const names = readdirSync(CORPUS)
    .filter((file) => file.endsWith('.json'))
    .sort();
  return names.map((file) => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(join(CORPUS, file), 'utf8'))]);
}

/** What compose makes of a case. */
export function composeCase(given: Case): Composed {
  return compose(inputOf(given));
}

/** A case as compose takes it. */
export function inputOf(given: Omit<Case, 'post' | 'shows'>): ComposeInput {
  return {
    message: readMessage(given.message),
    chat: readChat(given.chat),
    reader: READER,
    teamsUrl: 'https://teams.microsoft.com',
    tid: TENANT,
    locale: given.locale ?? 'en',
    late: given.late ?? false,
    files: given.files ?? [],
  };
}
