import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import { channelsLast, channelsLastShape, type LayerDefinition, perAxis } from './definition';
import { resize } from './resize';

type Size = [height: number, width: number];

function sizeOf(config: Json): Size {
  return [Number(config['height']), Number(config['width'])];
}

function crop(tf: Tf, x: Tensor, [height, width]: Size): Tensor {
  const [batch, h, w, channels] = x.shape as [number, number, number, number];
  return tf.slice(
    x,
    [0, Math.floor((h - height) / 2), Math.floor((w - width) / 2), 0],
    [batch, height, width, channels],
  );
}

/** The largest centre crop with about the target's proportions (Keras's `crop_to_aspect_ratio`). */
function cropToRatio(tf: Tf, x: Tensor, [height, width]: Size): Tensor {
  const [, h, w] = x.shape as [number, number, number];
  const part: Size = [
    Math.max(1, Math.min(h, Math.trunc((w * height) / width))),
    Math.max(1, Math.min(w, Math.trunc((h * width) / height))),
  ];
  return crop(tf, x, part);
}

/** Equal padding on both sides that gives a picture about the target's proportions, as in Keras. */
function padToRatio(tf: Tf, x: Tensor, [height, width]: Size, value: number): Tensor {
  const [, h, w] = x.shape as [number, number, number];
  const margins = [
    Math.max(h, Math.trunc((w * height) / width)) - h,
    Math.max(w, Math.trunc((h * width) / height)) - w,
  ].map((more): [number, number] => [Math.trunc(more / 2), Math.trunc(more / 2)]);
  return tf.pad(x, [[0, 0], ...margins, [0, 0]], value);
}

export const Resizing: LayerDefinition = {
  shape: (config, [input]) =>
    channelsLastShape(config, input!, (last) => [last[0]!, ...sizeOf(config), last[3]!]),
  call([x], { tf, config }) {
    const size = sizeOf(config);
    const interpolation = String(config['interpolation'] ?? 'bilinear');
    return channelsLast(tf, config, x!, (y) => {
      let part = config['crop_to_aspect_ratio'] ? cropToRatio(tf, y, size) : y;
      if (config['pad_to_aspect_ratio']) part = padToRatio(tf, part, size, Number(config['fill_value'] ?? 0));
      const sampling = {
        alignCorners: config['align_corners'] === true,
        halfPixelCenters: config['half_pixel_centers'] !== false,
      };
      const name = String(config['name']);
      return resize(tf, part, size, interpolation, config['antialias'] === true, name, sampling);
    });
  },
};

/** Outside of training Keras 2 resizes the largest centre crop, and Keras 3 changes nothing, whatever size it declares. */
export const RandomCrop: LayerDefinition = {
  shape: (config, inputs, dialect) => (dialect === 3 ? inputs[0]! : Resizing.shape!(config, inputs, dialect)),
  call(inputs, context) {
    if (context.dialect === 3) return inputs[0]!;
    const config = { ...context.config, interpolation: 'bilinear', crop_to_aspect_ratio: true };
    return Resizing.call(inputs, { ...context, config });
  },
};

/** Crops the centre; a picture that is too small is first scaled up, keeping its proportions. */
export const CenterCrop: LayerDefinition = {
  shape: Resizing.shape,
  call([x], { tf, config }) {
    const size = sizeOf(config);
    return channelsLast(tf, config, x!, (y) => {
      if (y.shape[1]! >= size[0] && y.shape[2]! >= size[1]) return crop(tf, y, size);
      return resize(tf, cropToRatio(tf, y, size), size, 'bilinear', false, String(config['name']));
    });
  },
};

/** Repeats each element of an axis. */
export function repeat(tf: Tf, x: Tensor, axis: number, times: number): Tensor {
  if (times === 1) return x;
  const outer = x.shape.slice(0, axis + 1);
  const inner = x.shape.slice(axis + 1);
  const size = inner.reduce((product, length) => product * length, 1);
  const rows = tf.reshape(x, [outer.reduce((product, length) => product * length, 1), 1, size]);
  return tf.reshape(tf.tile(rows, [1, times, 1]), [...outer.slice(0, -1), outer[axis]! * times, ...inner]);
}

export const UpSampling: LayerDefinition = {
  shape(config, [input]) {
    const factors = perAxis(config['size'], input!.length - 2, 2);
    return channelsLastShape(config, input!, (last) =>
      last.map((length, axis) => {
        const factor = axis === 0 || axis === last.length - 1 ? 1 : factors[axis - 1]!;
        return length === null ? null : length * factor;
      }),
    );
  },
  call([x], { tf, config }) {
    const factors = perAxis(config['size'], x!.rank - 2, 2);
    const interpolation = String(config['interpolation'] ?? 'nearest');
    return channelsLast(tf, config, x!, (y) => {
      if (interpolation === 'nearest') {
        return factors.reduce((result, factor, i) => repeat(tf, result, i + 1, factor), y);
      }
      const size: Size = [y.shape[1]! * factors[0]!, y.shape[2]! * factors[1]!];
      return resize(tf, y, size, interpolation, false, String(config['name']));
    });
  },
};
