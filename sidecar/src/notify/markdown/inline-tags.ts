import { addBlock, addCode } from './blocks.ts';
import { languageOf } from './code.ts';
import { addWords, type Close, lookOf, type Open } from './html-state.ts';
import { addRun, addText } from './writer.ts';

/** An element that counts while it is open. */
export function counted(key: 'bold' | 'italic' | 'strike' | 'hidden'): Open {
  const close: Close = (state) => {
    state[key] -= 1;
  };
  return (state) => {
    state[key] += 1;
    return close;
  };
}

/** A link. One without text shows its address. */
export const anchor: Open = (state, attributes) => {
  const target = attributes.href ?? '';
  if (state.link !== null || target === '') return undefined;
  state.link = { target, title: attributes.title ?? '' };
  state.linkUsed = false;
  return (ending) => {
    const look = lookOf(ending);
    if (!ending.linkUsed) addText(ending.writer, target, look);
    ending.link = null;
  };
};

/** Code inside a line; with a line break inside it becomes a block. */
export const inlineCode: Open = (state, attributes) => {
  if (state.block) {
    state.block.language ||= languageOf(attributes.class);
    return undefined;
  }
  if (state.span !== null) return undefined;
  state.span = '';
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
  return (state) => {
    if (state.shifted !== null || state.block || state.span !== null) return undefined;
    state.shifted = '';
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
export const mention: Open = (state, attributes) => {
  if (state.mention || state.block) return undefined;
  state.mention = { id: attributes.id ?? '', text: '' };
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
export const attachment: Open = (state, attributes) => {
  if (!state.block && state.hidden === 0) addBlock(state.writer, state.embeds.attachment(attributes.id ?? ''), 'close');
  return undefined;
};

/** An emoji as its character. */
export const emoji: Open = (state, attributes) => {
  const shown = attributes.alt || attributes.title || '';
  addWords(state, shown);
  return undefined;
};

/** A custom emoji as its name. */
export const customEmoji: Open = (state, attributes) => {
  const name = attributes.alt || attributes.title || '';
  if (name !== '') addWords(state, /^:.*:$/.test(name) ? name : `:${name}:`);
  return undefined;
};

const NO_LOOK = { style: 0, link: null };

/** A picture, or an emoji drawn as one. */
export const image: Open = (state, attributes) => {
  if (state.hidden > 0 || state.block) return undefined;
  const isEmoji = /emoji/i.test(`${attributes.itemtype ?? ''} ${attributes.class ?? ''}`);
  if (isEmoji && attributes.alt) return emoji(state, attributes);
  const picture = {
    source: attributes.src ?? '',
    alt: attributes.alt ?? '',
    width: pixels(attributes.width),
    height: pixels(attributes.height),
  };
  const shown = state.embeds.picture(picture);
  if (shown === '') return undefined;
  addText(state.writer, ' ', NO_LOOK);
  addRun(state.writer, { kind: 'raw', text: shown });
  addText(state.writer, ' ', NO_LOOK);
  return undefined;
};

function pixels(value: string | undefined): number | null {
  const number = Number.parseFloat(value ?? '');
  return number > 0 && number < 100_000 ? Math.round(number) : null;
}

/** A video or sound. What stands inside is for browsers that cannot play it. */
export function media(kind: 'video' | 'audio'): Open {
  return (state, attributes) => {
    if (!state.block && state.hidden === 0)
      addBlock(state.writer, state.embeds.media(kind, attributes.src ?? ''), 'close');
    state.hidden += 1;
    return (ending) => {
      ending.hidden -= 1;
    };
  };
}
