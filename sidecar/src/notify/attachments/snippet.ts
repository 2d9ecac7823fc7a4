import { cleanText, plainName } from '../../core/escape-markdown.ts';
import type { Attachment } from '../../core/types.ts';
import { fenced, languageName } from '../markdown/code.ts';
import { fieldsOf, textOf } from './json.ts';
import { type RenderContext, teamsLink } from './render-context.ts';

/** More would not fit into a post. */
const MAX_CODE = 20_000;

/** A code snippet: its text once it was fetched, before that a labelled line. The Loop placeholder has the same type and shows nothing. */
export function snippetBlock(context: RenderContext, attachment: Attachment): string {
  if (attachment.teamsAppId === 'FLUID_PLACEHOLDER_CARD') return '';
  const content = fieldsOf(attachment.content);
  const url = textOf(content.codeSnippetUrl) || (attachment.contentUrl ?? '');
  const language = textOf(content.language);
  const named = plainName(textOf(content.name) || (attachment.name ?? ''));
  const label = `💻 ${context.t('post.snippet')}${named === '' ? '' : ` “${named}”`}${language === '' ? '' : ` (${plainName(language)})`}`;
  const outcome = context.notes.get(url);
  const inside =
    textOf(content.code) ||
    textOf(content.text) ||
    (typeof outcome === 'object' && 'text' in outcome ? outcome.text : '');
  if (inside.trim() !== '') {
    const code = fenced(cleanText(inside.slice(0, MAX_CODE)), languageName(language));
    return named === '' ? code : `**${named}**\n${code}`;
  }
  if (/^https?:/i.test(url) && outcome === undefined) context.snippets.push({ key: url, url });
  const failed =
    typeof outcome === 'object' && 'failed' in outcome ? `${context.t(`post.file.${outcome.failed}`)}. ` : '';
  return `${label}: ${failed}${teamsLink(context)}`;
}
