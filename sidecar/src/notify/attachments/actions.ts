import { addText, breakBlock, type Writer } from '../markdown/writer.ts';
import { type Fields, fieldsOf, listOf, textOf } from './json.ts';
import type { RenderContext } from './render-context.ts';

const NO_LOOK = { style: 0, link: null };

/** Writes the buttons of a card: buttons that open an address as links, others by name, because they work in Teams only. */
export function addActions(context: RenderContext, writer: Writer, actions: readonly Fields[]): void {
  if (actions.length === 0) return;
  breakBlock(writer, 2);
  actions.forEach((action, index) => {
    if (index > 0) addText(writer, ' · ', NO_LOOK);
    addAction(context, writer, action);
  });
  breakBlock(writer, 2);
}

function addAction(context: RenderContext, writer: Writer, action: Fields): void {
  const title = (textOf(action.title) || textOf(action.name) || textOf(action.text)).trim();
  const target = targetOf(action);
  if (target !== '') {
    addText(writer, title || context.t('post.open'), { style: 0, link: { target, title: '' } });
    return;
  }
  addText(writer, `${context.t('post.button')}: ${title || textOf(action.type) || textOf(action['@type'])}`, NO_LOOK);
}

/** The address of an action, in each of the card dialects; '' when the action runs in Teams. */
function targetOf(action: Fields): string {
  const type = textOf(action.type) || textOf(action['@type']);
  if (/openurl$/i.test(type)) return textOf(action.url) || textOf(action.value);
  if (type === 'OpenUri') return textOf(listOf(action.targets).find((target) => textOf(target.uri) !== '')?.uri);
  return /^(?:signin|call|downloadFile|playAudio|playVideo|showImage)$/i.test(type) ? textOf(action.value) : '';
}

/** The address behind a press on the card itself (`tap`, `selectAction`). */
export function tapTarget(value: unknown): string {
  return targetOf(fieldsOf(value));
}
