const LIMIT = 1000;

/** The hashtags of a message as Mattermost stores them: separated by spaces, at most 1000 characters (`ParseHashtags`). */
export function parseHashtags(message: string): string {
  if (!message.includes('#')) return '';
  const tags = message
    .split(/\s+/u)
    .map(trimWord)
    .filter((word) => /^#\p{L}[\p{L}\d\-_.]*[\p{L}\d]$/u.test(word))
    .join(' ');
  if (tags.length <= LIMIT) return tags;
  const cut = tags.slice(0, LIMIT - 1);
  return cut.slice(0, Math.max(0, cut.lastIndexOf(' ')));
}

function trimWord(word: string): string {
  return word
    .replace(/^[^\p{L}\d\s#]+/u, '')
    .replace(/[^\p{L}\d\s]+$/u, '')
    .replace(/^#{2,}/, '#');
}
