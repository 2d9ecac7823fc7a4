function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/**
 * Mattermost's calling convention: positional arguments, or ONE plain object all of whose keys are among the names.
 * The method itself always receives the named form.
 */
export function reArg<R>(names: readonly string[], method: (named: Record<string, unknown>) => R) {
  return (...given: unknown[]): R => {
    const [first] = given;
    const named = given.length === 1 && isPlainObject(first) && Object.keys(first).every((key) => names.includes(key));
    if (named) return method(first);
    return method(Object.fromEntries(names.map((name, at) => [name, given[at]])));
  };
}
