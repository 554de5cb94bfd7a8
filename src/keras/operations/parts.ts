import { ModelError } from '../../errors';
import { frontAxis } from '../layers/definition';
import type { Shape } from '../model';
import { alike, MOST_PARTS, numbersOf, type Operation, op, shapeOf, tensorOf, tensorsOf } from './arguments';

/** @throws {ModelError} when there are more parts than supported */
function checkedCount(count: number): number {
  if (count > 0 && count <= MOST_PARTS) return count;
  throw new ModelError(`it makes ${count} parts of a tensor; from 1 to ${MOST_PARTS} are supported.`);
}

/** The shape of concatenated tensors; an unknown size is taken from the others. */
function joinedShape([first = [], ...others]: Shape[], axis: unknown): Shape {
  const at = frontAxis(axis, first.length);
  return others.reduce<Shape>((shape, other) => {
    const fits = (size: number | null, i: number) =>
      i === at || size === null || other[i] === null || size === other[i];
    if (other.length !== shape.length || !shape.every(fits)) {
      throw new ModelError(`shapes [${shape}] and [${other}] do not fit together along axis ${at}.`);
    }
    return shape.map((size, i) =>
      i !== at ? (size ?? other[i]!) : size === null || other[i] === null ? null : size + other[i]!,
    );
  }, first);
}

/** The sizes of parts by numpy's `split`: a number of equal parts, or the start of each part but the first. */
function partsOf(size: number, given: unknown): number[] {
  const list = numbersOf(given, 'indices_or_sections') ?? [];
  if (Array.isArray(given)) {
    const places = [0, ...list, size];
    return places.slice(1).map((end, i) => end - places[i]!);
  }
  const count = checkedCount(list[0] ?? 0);
  if (count > 0 && size % count === 0) return new Array(count).fill(size / count);
  throw new ModelError(`an axis of ${size} cannot be split into ${count} equal parts.`);
}

/** Operations that join or split tensors. */
export const PARTS: Record<string, Operation> = {
  Concatenate: op(
    'xs axis',
    (tf, { xs, axis }) => {
      const list = alike(tf, tensorsOf(tf, xs));
      return tf.concat(list, frontAxis(axis ?? 0, list[0]?.rank ?? 0));
    },
    ({ xs, axis }) => joinedShape([xs].flat().map(shapeOf), axis ?? 0),
  ),
  Stack: op(
    'x axis',
    (tf, { x, axis }) => {
      const list = alike(tf, tensorsOf(tf, x, 'x'));
      return tf.stack(list, frontAxis(axis ?? 0, (list[0]?.rank ?? 0) + 1));
    },
    ({ x, axis }) => {
      const shapes = [x].flat().map(shapeOf);
      const at = frontAxis(axis ?? 0, (shapes[0]?.length ?? 0) + 1);
      return joinedShape(
        shapes.map((shape) => shape.toSpliced(at, 0, 1)),
        at,
      );
    },
  ),
  Unstack: op(
    'x num axis',
    (tf, { x, axis }) => {
      const given = tensorOf(tf, x);
      return tf.unstack(given, frontAxis(axis ?? 0, given.rank));
    },
    ({ x, num, axis }) => {
      const shape = shapeOf(x);
      const at = frontAxis(axis ?? 0, shape.length);
      const count = shape[at] ?? numbersOf(num, 'num')?.[0];
      if (count === undefined) throw new ModelError('it splits an axis of unknown length.');
      return new Array(checkedCount(count)).fill(shape.toSpliced(at, 1));
    },
  ),
  // TensorFlow's `split` takes sizes where numpy's takes positions.
  Split: op(
    'x indices_or_sections axis sizes',
    (tf, { x, indices_or_sections, axis, sizes }) => {
      const given = tensorOf(tf, x);
      const at = frontAxis(axis ?? 0, given.rank);
      const size = given.shape[at] ?? 0;
      const parts = Array.isArray(sizes)
        ? numbersOf(sizes, 'sizes')!
        : partsOf(size, sizes ?? indices_or_sections);
      const open = size - parts.reduce((sum, part) => sum + Math.max(0, part), 0);
      const sizesOfParts = parts.map((part) => (part === -1 ? open : part));
      // Checked here, since wasm would write past the end of a part.
      const fits =
        sizesOfParts.every((part) => part >= 0) && sizesOfParts.reduce((sum, part) => sum + part, 0) === size;
      if (!fits)
        throw new ModelError(`an axis of ${size} cannot be split into parts of ${parts.join(', ')}.`);
      return tf.split(given, sizesOfParts, at);
    },
    ({ x, indices_or_sections, axis, sizes }) => {
      const shape = shapeOf(x);
      const at = frontAxis(axis ?? 0, shape.length);
      const [size = null, given] = [shape[at], sizes ?? indices_or_sections];
      if (!Array.isArray(given)) {
        const [count = 0] = numbersOf(given, 'indices_or_sections') ?? [];
        const part = size === null ? null : partsOf(size, count)[0]!;
        return new Array(checkedCount(count)).fill(shape.with(at, part));
      }
      const parts = Array.isArray(sizes)
        ? numbersOf(sizes, 'sizes')!
        : size === null
          ? new Array(given.length + 1).fill(null)
          : partsOf(size, given);
      const known = parts.reduce<number>((sum, part) => sum + Math.max(0, part ?? 0), 0);
      return parts.map((part) => shape.with(at, part === -1 ? (size === null ? null : size - known) : part));
    },
  ),
};
