import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Shape } from '../model';

/** What an index selects from one axis, as Python's `range`; a new axis has no `size`. */
interface Taken {
  size?: number;
  start: number;
  step: number;
  length: number;
  /** Whether the axis is dropped, as with an integer index. */
  dropped: boolean;
}

/** numpy's indexing by numbers, slices, new axes and an ellipsis, of axes of known sizes. */
function takenOf(sizes: readonly number[], key: unknown): Taken[] {
  const items = (Array.isArray(key) ? key : [key]).map((item) =>
    isObject(item) && 'class_name' in item && !isEllipsis(item) ? item['config'] : item,
  );
  const taken = items.filter((item) => item !== null && !isEllipsis(item)).length;
  if (taken > sizes.length) throw new ModelError(`it has ${taken} indices for ${sizes.length} axes.`);
  const rest = new Array(sizes.length - taken).fill({});
  const full = items.some(isEllipsis)
    ? items.flatMap((item) => (isEllipsis(item) ? rest : [item]))
    : [...items, ...rest];
  let axis = 0;
  return full.map((item) => {
    if (item === null) return { start: 0, step: 1, length: 1, dropped: false };
    const size = sizes[axis++]!;
    if (typeof item === 'number') {
      return { size, start: item < 0 ? item + size : item, step: 1, length: 1, dropped: true };
    }
    const slice = (isObject(item) ? item : {}) as Partial<Record<'start' | 'stop' | 'step', number | null>>;
    const step = slice.step ?? 1;
    if (!Number.isInteger(step) || step === 0) throw new ModelError(`a slice has the step ${step}.`);
    const [lowest, highest] = step < 0 ? [-1, size - 1] : [0, size];
    const bound = (value: number | null | undefined, fallback: number) =>
      typeof value !== 'number'
        ? fallback
        : value < 0
          ? Math.max(lowest, value + size)
          : Math.min(highest, value);
    const start = bound(slice.start, step < 0 ? highest : lowest);
    const stop = bound(slice.stop, step < 0 ? lowest : highest);
    return { size, start, step, length: Math.max(0, Math.ceil((stop - start) / step)), dropped: false };
  });
}

/** A tensor's item, `x[key]` in Python. @param key as Keras writes it: numbers, slices, null, an ellipsis */
export function getItem(tf: Tf, x: Tensor, key: unknown): Tensor {
  const taken = takenOf(x.shape, key);
  const axes = taken.filter(({ size }) => size !== undefined);
  const outside = axes.find(({ dropped, start, size = 0 }) => dropped && (start < 0 || start >= size));
  if (outside)
    throw new ModelError(`its index ${outside.start} is out of range for an axis of ${outside.size}.`);
  const backwards = axes.flatMap(({ step }, axis) => (step < 0 ? [axis] : []));
  // For a negative step, the axis is reversed first.
  const turned = backwards.length ? tf.reverse(x, backwards) : x;
  const begin = axes.map(({ size = 0, start, step }) => (step < 0 ? size - 1 - start : start));
  const steps = axes.map(({ step }) => Math.abs(step));
  const end = axes.map(({ length }, axis) => begin[axis]! + (length && (length - 1) * steps[axis]! + 1));
  return tf.reshape(tf.stridedSlice(turned, begin, end, steps), shapeOf(taken));
}

const shapeOf = (taken: readonly Taken[]) =>
  taken.filter(({ dropped }) => !dropped).map(({ length }) => length);

/** The shape of an item. Unknown sizes are tried below and above the index's bounds. */
export function itemShape(shape: Shape, key: unknown): Shape {
  const bounds = JSON.stringify(key ?? null).match(/\d+/g) ?? [];
  const far = Math.max(0, ...bounds.map(Number));
  const known = (unknown: number) => shape.map((size) => size ?? unknown);
  return commonShape([1, 2, far + 2, far + 3].map((unknown) => shapeOf(takenOf(known(unknown), key))));
}

/** The common shape of several cases; an axis on which they differ is unknown. */
export function commonShape([first = [], ...others]: number[][]): Shape {
  return first.map((size, axis) => (others.every((other) => other[axis] === size) ? size : null));
}

function isEllipsis(item: unknown): boolean {
  return item === '...' || (isObject(item) && item['class_name'] === '__ellipsis__') || item === 'Ellipsis';
}
