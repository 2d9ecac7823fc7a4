/** An object parsed from JSON. */
export type Fields = Readonly<Record<string, unknown>>;

/** The object in a JSON text or already parsed value; empty for other values. Attachment contents are text, but not always well-formed JSON. */
export function fieldsOf(value: unknown): Fields {
  if (typeof value !== 'string') return isFields(value) ? value : {};
  try {
    const parsed: unknown = JSON.parse(value);
    return isFields(parsed) ? parsed : {};
  } catch {
    return {};
  }
}

/** The elements of an array, one element for a lone object, none for other values. */
export function listOf(value: unknown): Fields[] {
  if (Array.isArray(value)) return value.filter(isFields);
  return isFields(value) ? [value] : [];
}

/** A text or number as text, '' for other values. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
