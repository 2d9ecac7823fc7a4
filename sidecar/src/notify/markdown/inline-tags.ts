import { addBlock, addCode } from './blocks.ts';
import { languageOf } from './code.ts';
import { addWords, type Close, lookOf, type Open } from './html-state.ts';
import { addRun, addText } from './writer.ts';

/** An element that counts while it is open. */
export function counted(key: 'bold' | 'italic' | 'strike' | 'hidden'): Open {
  const close: Close = (reader) => {
    reader[key] -= 1;
  };
  return (reader) => {
    reader[key] += 1;
    return close;
  };
}

/** A link. One without text shows its address. */
export const anchor: Open = (reader, attributes) => {
  const target = attributes.href ?? '';
  if (reader.link !== null || target === '') return undefined;
  reader.link = { target, title: attributes.title ?? '' };
  reader.linkUsed = false;
  return (ending) => {
    const look = lookOf(ending);
    if (!ending.linkUsed) addText(ending.writer, target, look);
    ending.link = null;
  };
};

/** Code inside a line; with a line break inside it becomes a block. */
export const inlineCode: Open = (reader, attributes) => {
  if (reader.block) {
    reader.block.language ||= languageOf(attributes.class);
    return undefined;
  }
  if (reader.span !== null) return undefined;
  reader.span = '';
  return (ending) => {
    const code = (ending.span ?? '').replaceAll('\u00a0', ' ');
    ending.span = null;
    if (code.trim() === '') addText(ending.writer, code, lookOf(ending));
    else if (code.trim().includes('\n') && !ending.writer.table) addCode(ending.writer, code, '');
    else addRun(ending.writer, { kind: 'code', text: code.trim(), ...lookOf(ending) });
  };
};

const SUPERSCRIPT = letterMap('0123456789+-=() abcdefghijklmnoprstuvwxyz', '⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻ');
const SUBSCRIPT = letterMap('0123456789+-=() aehijklmnoprstuvx', '₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ');

function letterMap(plain: string, shifted: string): ReadonlyMap<string, string> {
  return new Map(Array.from(plain, (letter, at) => [letter, shifted.charAt(at)]));
}

/** Letters of an index or exponent; a whole word in such characters would be hard to read. */
const MAX_SHIFTED_LETTERS = 3;

/** Raised or lowered text. Mattermost has none: digits, signs and most small letters have characters of their own, the rest stays plain. */
export function script(kind: 'sub' | 'sup'): Open {
  const shiftedLetters = kind === 'sup' ? SUPERSCRIPT : SUBSCRIPT;
  return (reader) => {
    if (reader.shifted !== null || reader.block || reader.span !== null) return undefined;
    reader.shifted = '';
    return (ending) => {
      const text = ending.shifted ?? '';
      ending.shifted = null;
      const shifted = text.replace(/./gsu, (letter) => shiftedLetters.get(letter) ?? '');
      const isWord = text.replace(/[^a-z]/g, '').length > MAX_SHIFTED_LETTERS;
      addText(ending.writer, isWord || shifted.length < text.length ? text : shifted, lookOf(ending));
    };
  };
}

/** A mention. */
export const mention: Open = (reader, attributes) => {
  if (reader.mention || reader.block) return undefined;
  reader.mention = { id: attributes.id ?? '', text: '' };
  return (ending) => {
    const found = ending.mention;
    ending.mention = null;
    const text = found?.text.replace(/[\s\u00a0]+/g, ' ').trim() ?? '';
    if (!found || text === '') return;
    const { key, label } = ending.embeds.mention(found.id);
    addRun(ending.writer, { kind: 'mention', text, ...lookOf(ending), key, label });
  };
};

/** The place of an attachment. */
export const attachment: Open = (reader, attributes) => {
  if (!reader.block && reader.hidden === 0)
    addBlock(reader.writer, reader.embeds.attachment(attributes.id ?? ''), 'close');
  return undefined;
};

/** An emoji as its character. */
export const emoji: Open = (reader, attributes) => {
  const shown = attributes.alt || attributes.title || '';
  addWords(reader, shown);
  return undefined;
};

/** A custom emoji as its name. */
export const customEmoji: Open = (reader, attributes) => {
  const name = attributes.alt || attributes.title || '';
  if (name !== '') addWords(reader, /^:.*:$/.test(name) ? name : `:${name}:`);
  return undefined;
};

const NO_LOOK = { style: 0, link: null };

/** A picture, or an emoji drawn as one. */
export const image: Open = (reader, attributes) => {
  if (reader.hidden > 0 || reader.block) return undefined;
  const isEmoji = /emoji/i.test(`${attributes.itemtype ?? ''} ${attributes.class ?? ''}`);
  if (isEmoji && attributes.alt) return emoji(reader, attributes);
  const picture = {
    source: attributes.src ?? '',
    alt: attributes.alt ?? '',
    width: pixels(attributes.width),
    height: pixels(attributes.height),
  };
  const shown = reader.embeds.picture(picture);
  if (shown === '') return undefined;
  addText(reader.writer, ' ', NO_LOOK);
  addRun(reader.writer, { kind: 'raw', text: shown });
  addText(reader.writer, ' ', NO_LOOK);
  return undefined;
};

function pixels(value: string | undefined): number | null {
  const number = Number.parseFloat(value ?? '');
  return number > 0 && number < 100_000 ? Math.round(number) : null;
}

/** A video or sound. What stands inside is for browsers that cannot play it. */
export function media(kind: 'video' | 'audio'): Open {
  return (reader, attributes) => {
    if (!reader.block && reader.hidden === 0)
      addBlock(reader.writer, reader.embeds.media(kind, attributes.src ?? ''), 'close');
    reader.hidden += 1;
    return (ending) => {
      ending.hidden -= 1;
    };
  };
}
