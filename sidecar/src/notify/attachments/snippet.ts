import { cleanText, plainName } from '../../core/escape-markdown.ts';
import type { Attachment } from '../../core/types.ts';
import { fenced, languageName } from '../markdown/code.ts';
import { fieldsOf, textOf } from './json.ts';
import { type Scene, teamsLink } from './render-context.ts';

/** More would not fit into a post. */
const MAX_CODE = 20_000;

/** A code snippet: its text once it was fetched, and until then a line that says so. The Loop placeholder shares its type and shows nothing. */
export function snippetBlock(scene: Scene, attachment: Attachment): string {
  if (attachment.teamsAppId === 'FLUID_PLACEHOLDER_CARD') return '';
  const content = fieldsOf(attachment.content);
  const url = textOf(content.codeSnippetUrl) || (attachment.contentUrl ?? '');
  const language = textOf(content.language);
  const named = plainName(textOf(content.name) || (attachment.name ?? ''));
  const label = `💻 ${scene.words.snippet}${named === '' ? '' : ` “${named}”`}${language === '' ? '' : ` (${plainName(language)})`}`;
  const outcome = scene.notes.get(url);
  const inside =
    textOf(content.code) ||
    textOf(content.text) ||
    (typeof outcome === 'object' && 'text' in outcome ? outcome.text : '');
  if (inside.trim() !== '') {
    const code = fenced(cleanText(inside.slice(0, MAX_CODE)), languageName(language));
    return named === '' ? code : `**${named}**\n${code}`;
  }
  if (/^https?:/i.test(url) && outcome === undefined) scene.snippets.push({ key: url, url });
  const failed = typeof outcome === 'object' && 'failed' in outcome ? `${scene.words.failures[outcome.failed]}. ` : '';
  return `${label}: ${failed}${teamsLink(scene)}`;
}
