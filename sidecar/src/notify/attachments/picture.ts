import { plainName } from '../../core/escape-markdown.ts';
import type { InlinePicture } from '../markdown/html-state.ts';
import { encodeTarget, readTarget } from '../markdown/url.ts';
import { isFullOfFiles, type RenderContext, teamsLink } from './render-context.ts';

/**
 * A picture as one line, and a request to fetch it when Teams hosts it. Never a Markdown image: that would load from the remote host on every
 * screen. A picture from elsewhere is a link: a sender chooses its address, so the sidecar does not fetch it.
 */
export function pictureLine(context: RenderContext, picture: InlinePicture): string {
  const target = readTarget(picture.source);
  const number = numberOf(context, picture.source);
  const label = labelOf(context, picture, number);
  if (target.kind !== 'link' || !/^https?:/i.test(target.url)) {
    return `🖼️ ${label}: ${context.t('post.cannotBeShown')}. ${teamsLink(context)}`;
  }
  if (!/\/hostedContents\//i.test(target.url)) return `🖼️ [${label}](${encodeTarget(target.url)})`;
  const asked = request(context, picture, target.url);
  const outcome = context.notes.get(picture.source);
  if (outcome === 'attached') return `🖼️ ${label}`;
  const failed = typeof outcome === 'object' && 'failed' in outcome ? outcome.failed : asked ? null : 'too_many';
  return `🖼️ ${label}: ${failed === null ? '' : `${context.t(`post.file.${failed}`)}. `}${teamsLink(context)}`;
}

function numberOf(context: RenderContext, source: string): number {
  const number = context.numbers.get(source) ?? context.numbers.size + 1;
  context.numbers.set(source, number);
  return number;
}

/** False when the post is full. */
function request(context: RenderContext, { source, alt, width, height }: InlinePicture, url: string): boolean {
  if (context.pictures.some(({ key }) => key === source)) return true;
  if (isFullOfFiles(context)) return false;
  context.pictures.push({ key: source, url, alt, width, height });
  return true;
}

/** "Picture", "Picture 2", with the description when it is one. */
function labelOf(context: RenderContext, picture: InlinePicture, number: number): string {
  const name = number === 1 ? context.t('post.picture') : `${context.t('post.picture')} ${number}`;
  const alt = picture.alt.trim();
  const says =
    alt !== '' &&
    !/^(?:image|img|bild|picture|photo)?\s*\d*$/i.test(alt) &&
    !/^[\w-]+\.(?:png|jpe?g|gif|webp|bmp)$/i.test(alt);
  return says ? `${name} (${plainName(alt)})` : name;
}
