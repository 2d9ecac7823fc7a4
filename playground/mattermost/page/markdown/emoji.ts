const NAMES: Record<string, string> = {
  smile: '😄',
  slightly_smiling_face: '🙂',
  wink: '😉',
  laughing: '😆',
  joy: '😂',
  heart: '❤️',
  '+1': '👍',
  thumbsup: '👍',
  '-1': '👎',
  thumbsdown: '👎',
  tada: '🎉',
  thinking: '🤔',
  thinking_face: '🤔',
  warning: '⚠️',
  white_check_mark: '✅',
  heavy_check_mark: '✔️',
  x: '❌',
  eyes: '👀',
  rocket: '🚀',
  wave: '👋',
  bell: '🔔',
  no_bell: '🔕',
  calendar: '📆',
  lock: '🔒',
  fire: '🔥',
  pray: '🙏',
  clap: '👏',
  disappointed: '😞',
  open_mouth: '😮',
  cry: '😢',
  angry: '😠',
  information_source: 'ℹ️',
};

const EMOTICONS: Record<string, string> = {
  ':)': '🙂',
  ':-)': '🙂',
  ';)': '😉',
  ':D': '😄',
  ':(': '😞',
  ':P': '😛',
  '<3': '❤️',
};

/** The character of a `:shortcode:` name, or undefined when unknown. */
export function emojiNamed(name: string): string | undefined {
  return Object.hasOwn(NAMES, name) ? NAMES[name] : undefined;
}

/** Replaces known shortcodes and emoticons that stand alone. */
export function withEmoji(text: string): string {
  return text
    .replace(/:([a-z0-9_+-]+):/g, (whole, name: string) => emojiNamed(name) ?? whole)
    .replace(/(^|\s)(:-?\)|;\)|:D|:\(|:P|<3)(?=\s|$)/g, (whole, before: string, face: string) => {
      const found = EMOTICONS[face];
      return found === undefined ? whole : before + found;
    });
}
