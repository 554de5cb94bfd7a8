import { multiplyAdd } from '../../tensorflow/native';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Shape } from '../model';
import { frontAxis, type LayerDefinition } from './definition';

/** @returns the shape to which numpy's rules broadcast several; of an unknown size and a known one, the known one */
export function broadcastShape(shapes: Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, i) => {
    const sizes = shapes.map((shape) => shape[shape.length - rank + i]).filter((size) => size !== undefined);
    if (sizes.every((size) => size === 1)) return 1;
    return sizes.find((size) => size !== 1 && size !== null) ?? null;
  });
}

function elementwise(run: (tf: Tf, a: Tensor, b: Tensor) => Tensor): LayerDefinition {
  return {
    shape: (_, inputs) => broadcastShape(inputs),
    call: (inputs, { tf }) => inputs.reduce((sum, x) => run(tf, sum, x)),
  };
}

/** In Keras 3 a masked value is replaced by the other input's. */
function extreme(run: (tf: Tf, a: Tensor, b: Tensor) => Tensor): LayerDefinition {
  const plain = elementwise(run);
  return {
    ...plain,
    call(inputs, context) {
      const { tf, masks, dialect } = context;
      if (dialect === 2 || !masks.some((mask) => mask)) return plain.call(inputs, context);
      const spread = (mask: Tensor | undefined, x: Tensor) =>
        mask && tf.logicalAnd(tf.expandDims(tf.cast(mask, 'bool'), -1), tf.cast(tf.onesLike(x), 'bool'));
      let [output, counts] = [inputs[0]!, spread(masks[0], inputs[0]!)];
      for (const [i, given] of inputs.slice(1).entries()) {
        const mask = spread(masks[i + 1], given);
        const x = mask ? tf.where(mask, given, output) : given;
        const before = counts ? tf.where(counts, output, x) : output;
        counts = mask && counts ? tf.logicalOr(counts, mask) : undefined;
        output = run(tf, before, x);
      }
      return output;
    },
  };
}

export const Add = elementwise((tf, a, b) => tf.add(a, b));
export const Subtract = elementwise((tf, a, b) => tf.sub(a, b));
const Product = elementwise((tf, a, b) => tf.mul(a, b));

/** In Keras 3 masked values of one factor are ignored, and the product is zero where all are masked. */
export const Multiply: LayerDefinition = {
  ...Product,
  call(inputs, context) {
    const { tf, masks, dialect } = context;
    if (dialect === 2 || !masks.some((mask) => mask)) return Product.call(inputs, context);
    const counts = masks.map((mask) => mask && tf.expandDims(tf.cast(mask, 'float32'), -1));
    const factors = inputs.map((x, i) => {
      const own = counts[i];
      return own ? tf.add(tf.mul(x, own), tf.sub(1, own)) : x;
    });
    const y = Product.call(factors, context);
    const known = counts.filter((count) => count !== undefined);
    return known.length === inputs.length ? tf.mul(y, known.reduce(tf.maximum)) : y;
  },
};
export const Maximum = extreme((tf, a, b) => tf.maximum(a, b));
export const Minimum = extreme((tf, a, b) => tf.minimum(a, b));
export const Average: LayerDefinition = {
  ...Add,
  call: (inputs, context) => context.tf.div(Add.call(inputs, context), inputs.length),
};

export const Concatenate: LayerDefinition = {
  shape(config, inputs) {
    const axis = frontAxis(config['axis'] ?? -1, inputs[0]!.length);
    const sum = inputs.reduce<number | null>(
      (total, shape) => (total === null || shape[axis] === null ? null : total + shape[axis]!),
      0,
    );
    return inputs[0]!.map((size, i) => (i === axis ? sum : size));
  },
  call: (inputs, { tf, config }) => tf.concat(inputs, frontAxis(config['axis'] ?? -1, inputs[0]!.rank)),
};

function dotAxes(value: unknown, ranks: number[]): number[] {
  const pair = Array.isArray(value) ? value : [value, value];
  return pair.map((axis, i) => frontAxis(axis, ranks[i]!));
}

/** Dot products along one axis of each input, per sample. */
export const Dot: LayerDefinition = {
  shape(config, [a, b]) {
    const [i, j] = dotAxes(config['axes'], [a!.length, b!.length]) as [number, number];
    const rest = [...a!.slice(1).filter((_, n) => n + 1 !== i), ...b!.slice(1).filter((_, n) => n + 1 !== j)];
    return [a![0]!, ...(rest.length ? rest : [1])];
  },
  call([a, b], { tf, config }) {
    const axes = dotAxes(config['axes'], [a!.rank, b!.rank]);
    const [left, right] = [a!, b!].map((x, n) => {
      const axis = axes[n]!;
      const unit = config['normalize']
        ? tf.mul(x, tf.rsqrt(tf.maximum(tf.sum(tf.square(x), axis, true), 1e-12)))
        : x;
      const others = x.shape.map((_, k) => k).filter((k) => k !== 0 && k !== axis);
      const flat = tf.transpose(unit, [0, ...others, axis]);
      const places = others.reduce((product, k) => product * x.shape[k]!, 1);
      return tf.reshape(flat, [x.shape[0]!, places, x.shape[axis]!]);
    });
    const rest = [a!, b!].flatMap((x, n) => x.shape.filter((_, k) => k !== 0 && k !== axes[n]));
    return tf.reshape(tf.matMul(left!, right!, false, true), [a!.shape[0]!, ...(rest.length ? rest : [1])]);
  },
};

/** Of keras.applications' InceptionResNetV2: the sum of two inputs, the second one scaled. */
export const CustomScaleLayer: LayerDefinition = {
  ...Add,
  prepare: ({ tf, config }) => ({ scale: tf.scalar(Number(config['scale'])) }),
  call: ([a, b], { tf, config, prepared }) =>
    multiplyAdd(tf, b!, prepared?.['scale'] ?? tf.scalar(Number(config['scale'])), a!),
};
