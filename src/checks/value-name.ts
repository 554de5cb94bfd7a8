import { isPromise, kindOf } from './kind-of';

/** What a value is in the words of a notebook, for an error: `an array of 5 activations`, `a tensor`, `a picture`. */
export function valueName(value: unknown): string {
  if (typeof value !== 'object' || value === null || isPromise(value)) return kindOf(value);
  if (Array.isArray(value)) {
    const [first] = value;
    if (value.length === 0) return 'an empty array';
    if (isActivation(first)) return `an array of ${value.length} activation${value.length === 1 ? '' : 's'}`;
    return isPromise(first) ? 'an array of Promises (write await Promise.all(…))' : kindOf(value);
  }
  const { data, dataSync, bundle, layers, isDisposed } = value as Record<string, unknown>;
  if (isActivation(value)) return 'an activation';
  if (typeof dataSync === 'function') return isDisposed === true ? 'a tensor that was disposed' : 'a tensor';
  if (data instanceof Uint8Array) return 'a picture';
  if (typeof bundle === 'function') return 'a figure';
  return Array.isArray(layers) ? 'a model' : kindOf(value);
}

/** Whether a value looks like what `predict` returns one of. */
export function isActivation(value: unknown): boolean {
  const { layer, shape, data } = (value ?? {}) as Record<string, unknown>;
  return typeof layer === 'string' && Array.isArray(shape) && data instanceof Float32Array;
}
