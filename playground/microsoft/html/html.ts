/** Markup that is ready to be sent. */
export interface Html {
  markup: string;
}

type Part = Html | string | number | null | false | readonly Html[];

/** A template whose values are escaped, unless they are markup themselves; null and false leave nothing. */
export function html(texts: TemplateStringsArray, ...values: Part[]): Html {
  return { markup: texts.reduce((markup, text, index) => markup + show(values[index - 1] ?? null) + text) };
}

function show(value: Part): string {
  if (value === null || value === false) return '';
  if (typeof value === 'string' || typeof value === 'number') return escapeHtml(String(value));
  if ('markup' in value) return value.markup;
  return value.map((part) => part.markup).join('');
}

/** Text made safe for elements and quoted attributes. */
export function escapeHtml(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => names[character] ?? character);
}
