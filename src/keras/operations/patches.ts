import type * as tfc from '@tensorflow/tfjs-core';
import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import { channelsLast, channelsLastShape } from '../layers/definition';
import { MOST_PARTS, type Operation, op, shapeOf, sizesIn, tensorOf } from './arguments';

/** One axis: how long a patch is, how far apart patches and their pixels are, and whether the edges are padded. */
interface Axis {
  size: number;
  stride: number;
  dilation: number;
  same: boolean;
}

function axesOf(size: unknown, strides: unknown, dilation_rate: unknown, padding: unknown): [Axis, Axis] {
  const pair = (value: unknown, name: string): [number, number] => {
    const [first, second = first] = sizesIn(value, name);
    if (!(first! > 0 && second! > 0)) throw new ModelError(`its ${name} is not above 0.`);
    return [first!, second!];
  };
  const sizes = pair(size, 'size');
  const steps = pair(strides ?? sizes, 'strides');
  const dilations = pair(dilation_rate ?? 1, 'dilation_rate');
  if (sizes[0] * sizes[1] > MOST_PARTS) {
    throw new ModelError(
      `its patches have ${sizes[0]} × ${sizes[1]} pixels; at most ${MOST_PARTS} are supported.`,
    );
  }
  const axis = (i: 0 | 1): Axis => ({
    size: sizes[i],
    stride: steps[i],
    dilation: dilations[i],
    same: padding === 'same',
  });
  return [axis(0), axis(1)];
}

/** The patches along an axis of `length` pixels, and the padding before and after it. */
function along({ size, stride, dilation, same }: Axis, length: number) {
  const reach = (size - 1) * dilation + 1;
  const count = same ? Math.ceil(length / stride) : Math.max(0, Math.ceil((length - reach + 1) / stride));
  if (count < 1) throw new ModelError(`its patches of ${reach} pixels are larger than the map of ${length}.`);
  const padding = same ? Math.max(0, (count - 1) * stride + reach - length) : 0;
  return { count, before: padding >> 1, after: padding - (padding >> 1) };
}

function patchesOf(tf: Tf, x: Tensor, axes: [Axis, Axis]): Tensor {
  const [batch, height, width, channels] = x.shape as [number, number, number, number];
  const [rows, columns] = [along(axes[0], height), along(axes[1], width)];
  const wide = tf.pad(x as tfc.Tensor4D, [
    [0, 0],
    [rows.before, rows.after],
    [columns.before, columns.after],
    [0, 0],
  ]);
  const pixels: Tensor[] = [];
  for (let i = 0; i < axes[0].size; i++) {
    for (let j = 0; j < axes[1].size; j++) {
      const [top, left] = [i * axes[0].dilation, j * axes[1].dilation];
      const bottom = top + (rows.count - 1) * axes[0].stride + 1;
      const right = left + (columns.count - 1) * axes[1].stride + 1;
      const strides = [1, axes[0].stride, axes[1].stride, 1];
      pixels.push(tf.stridedSlice(wide, [0, top, left, 0], [batch, bottom, right, channels], strides));
    }
  }
  return tf.concat(pixels, -1);
}

/** The pixels of square parts of a picture, row by row, in the channels. */
export const PATCHES: Record<string, Operation> = {
  ExtractPatches: op(
    'images size strides dilation_rate padding data_format',
    (tf, { images, size, strides, dilation_rate, padding, data_format }) => {
      const axes = axesOf(size, strides, dilation_rate, padding);
      const run = (x: Tensor) => channelsLast(tf, { data_format }, x, (y) => patchesOf(tf, y, axes));
      const given = tensorOf(tf, images, 'images');
      // One picture without a batch axis.
      return given.rank === 3 ? tf.squeeze(run(tf.expandDims(given, 0)), [0]) : run(given);
    },
    ({ images, size, strides, dilation_rate, padding, data_format }) => {
      const axes = axesOf(size, strides, dilation_rate, padding);
      const given = shapeOf(images);
      const shape = given.length === 3 ? [1, ...given] : given;
      const made = channelsLastShape({ data_format }, shape, ([batch, height, width, channels]) => [
        batch!,
        ...[height!, width!].map((length, i) => (length === null ? null : along(axes[i]!, length).count)),
        channels === null ? null : channels! * axes[0].size * axes[1].size,
      ]);
      return given.length === 3 ? made.slice(1) : made;
    },
  ),
};
