/**
 * Rewrites the expected posts of the corpus from the code as it is. Run by hand after a wanted change, then read the whole difference as a
 * reader of the posts would: nothing here knows right from wrong.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, CORPUS, composeCase, loadCorpus } from './corpus.ts';

const INVISIBLE = /[\u00a0\u2060]/g;

let changed = 0;
for (const [name, given] of loadCorpus()) {
  const { post, pictures, snippets } = composeCase(given);
  const asks = [...pictures, ...snippets].map(({ key }) => key);
  const next: Case = { ...given, post: { ...given.post, message: post.message }, ...(asks.length > 0 ? { asks } : {}) };
  if (given.post.message !== post.message) changed += 1;
  const text = JSON.stringify(next, null, 2).replace(
    INVISIBLE,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  writeFileSync(join(CORPUS, `${name}.json`), `${text}\n`);
}
console.log(`${changed} posts changed`);
