import * as assert from 'uvu/assert';
import { uniform } from '../../src/explain/random';
import { ready, tf } from '../../src/tensorflow/backend';
import { completeGradients } from '../../src/tensorflow/gradients/complete-gradients';
import { gradientOf } from '../../src/tensorflow/gradients/gradient-of';
import type { Tensor } from '../../src/tensorflow/types';
import { suite } from '../suite';

process.env['CONVLENS_BACKEND'] ??= 'wasm';

const next = uniform(5);
const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
const one = <T>(list: readonly T[]): T => list[whole(0, list.length - 1)]!;
const random = (shape: number[]) =>
  tf().tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1),
    shape,
  ) as Tensor;

/**
 * For a linear operation f and its gradient g, the product of f(x) with dy is that of x with g(dy), for any x and dy:
 * which needs no second implementation to compare with.
 */
function checkAdjoint(f: (x: Tensor) => Tensor, shape: number[], where: string): void {
  tf().tidy(() => {
    const x = random(shape);
    const y = f(x);
    const dy = random(y.shape);
    const dx = gradientOf(tf(), x, (given) => tf().sum(tf().mul(f(given), dy)));
    const product = (a: Tensor, b: Tensor) => {
      const right = b.dataSync();
      return Array.from(a.dataSync()).reduce((sum, value, i) => sum + value * right[i]!, 0);
    };
    assert.equal(dx.shape, shape, where);
    const size = Math.sqrt(product(x, x) * product(dx, dx)) || 1;
    const off = Math.abs(product(y, dy) - product(x, dx)) / size;
    assert.ok(off < 2e-6, `${where}: off by ${off}`);
  });
}

async function many(count: number, check: () => void): Promise<void> {
  await ready();
  require('@tensorflow/tfjs-layers');
  completeGradients(tf());
  const before = tf().memory().numTensors;
  for (let i = 0; i < count; i++) check();
  assert.is(tf().memory().numTensors, before);
}

const size = () => [whole(1, 2), whole(5, 11), whole(5, 11), whole(1, 4)];

suite('tensorflow/gradients', {
  'of convolutions: any kernel, stride, dilation and padding': () =>
    many(150, () => {
      const shape = size();
      const kernel = [whole(1, 3), whole(1, 3), shape[3]!, whole(1, 4)];
      const dilated = next() < 0.3;
      const [strides, dilations] = [dilated ? 1 : whole(1, 4), dilated ? 2 : 1];
      const pad = one(['same', 'valid'] as const);
      const filter = random(kernel);
      const f = (x: Tensor) =>
        tf().conv2d(x as never, filter as never, strides, pad, 'NHWC', dilations) as Tensor;
      checkAdjoint(f, shape, JSON.stringify({ shape, kernel, strides, dilations, pad }));
      filter.dispose();
    }),
  'of depthwise convolutions, with any multiplier': () =>
    many(150, () => {
      const shape = size();
      const kernel = [whole(1, 3), whole(1, 3), shape[3]!, whole(1, 3)];
      const dilated = next() < 0.3;
      const [strides, dilations] = [dilated ? 1 : whole(1, 4), dilated ? 2 : 1];
      const pad = one(['same', 'valid'] as const);
      const filter = random(kernel);
      const f = (x: Tensor) =>
        tf().depthwiseConv2d(x as never, filter as never, strides, pad, 'NHWC', dilations) as Tensor;
      checkAdjoint(f, shape, JSON.stringify({ shape, kernel, strides, dilations, pad }));
      filter.dispose();
    }),
  'of average pooling, whose padding does not count': () =>
    many(80, () => {
      const [shape, window, strides] = [size(), [whole(1, 4), whole(1, 4)], [whole(1, 4), whole(1, 4)]];
      const pad = one(['same', 'valid'] as const);
      const f = (x: Tensor) =>
        tf().avgPool(x as never, window as [number, number], strides as [number, number], pad) as Tensor;
      checkAdjoint(f, shape, JSON.stringify({ shape, window, strides, pad }));
    }),
  'of resizing to any size': () =>
    many(60, () => {
      const [shape, to] = [size(), [whole(1, 20), whole(1, 20)] as [number, number]];
      const kind = one(['resizeBilinear', 'resizeNearestNeighbor'] as const);
      const [aligned, half] = one([
        [false, true],
        [false, false],
        [true, false],
      ] as const);
      checkAdjoint(
        (x) => tf().image[kind](x as never, to, aligned, half) as Tensor,
        shape,
        JSON.stringify({ shape, to, kind, aligned, half }),
      );
    }),
  'of slices with steps, backwards too': () =>
    many(60, () => {
      const shape = size();
      const strides = shape.map(() => one([-2, -1, 1, 2, 3]));
      const begin = strides.map((stride, axis) =>
        stride > 0 ? whole(0, shape[axis]! - 1) : shape[axis]! - 1,
      );
      const end = strides.map((stride, axis) => (stride > 0 ? shape[axis]! : -shape[axis]! - 1));
      checkAdjoint(
        (x) => tf().stridedSlice(x, begin, end, strides),
        shape,
        JSON.stringify({ shape, begin, end, strides }),
      );
    }),
  'of gathering, also the same index twice': () =>
    many(40, () => {
      const shape = size();
      const axis = whole(0, 3);
      const indices = Array.from({ length: whole(1, 6) }, () => whole(0, shape[axis]! - 1));
      checkAdjoint(
        (x) => tf().gather(x, tf().tensor1d(indices, 'int32'), axis),
        shape,
        JSON.stringify({ shape, axis, indices }),
      );
    }),
  async 'of max pooling: to the first of equal values, as in TensorFlow'() {
    await many(1, () => {
      const x = tf().ones([1, 3, 3, 1]) as Tensor;
      const dx = gradientOf(tf(), x, (given) => tf().sum(tf().maxPool(given as never, 2, 2, 'same')));
      assert.equal(Array.from(dx.dataSync()), [1, 0, 1, 0, 0, 0, 1, 0, 1]);
      x.dispose();
      dx.dispose();
    });
  },
  async 'an operation without a gradient leaves nothing behind'() {
    await many(1, () => {
      const x = random([2, 2]);
      assert.throws(() => gradientOf(tf(), x, (given) => tf().sum(tf().complex(given, given) as never)));
      x.dispose();
    });
  },
});
