/** What a value is, for an error: `a Promise (write await before the call that returns it)`, `undefined`, `a string`. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (isPromise(value)) {
    return 'a Promise (write await before the call that returns it)';
  }
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** Whether a call was not awaited. */
export function isPromise(value: unknown): boolean {
  return typeof (value as { then?: unknown } | null | undefined)?.then === 'function';
}
