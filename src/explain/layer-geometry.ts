import type { Json } from '../keras/file/graph';
import { windowOf } from '../keras/layers/conv';
import { poolWindowOf } from '../keras/layers/pooling';

/** Positions of one axis: the first, and the one after the last; outside of the axis lies padding. */
export type Span = readonly [from: number, to: number];

/** Every position. */
export const WHOLE: Span = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** A layer with what decides which positions of its input a position of its output depends on. */
export interface Geometry {
  className: string;
  config: Json;
  /** 1 for rows, 2 for columns. */
  axis: 1 | 2;
  /** Shapes of the input and of the output. */
  input: readonly (number | null)[];
  output: readonly (number | null)[];
}

/** Layers whose output at a position depends on the input at the same position only. */
const SAME = new Set(
  [
    'Activation ActivityRegularization AlphaDropout BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise',
    'Identity InputLayer LayerScale LeakyReLU Normalization PReLU ReLU Rescaling SpatialDropout2D StochasticDepth ThresholdedReLU',
    'Add Average Maximum Minimum Multiply Subtract Divide TrueDivide Power Sqrt Square Abs Exp Log Negative Clip Cast Relu Relu6 Sigmoid Tanh Silu Gelu Elu HardSigmoid HardSilu',
  ].flatMap((names) => names.split(' ')),
);

/** The positions of the input that a span of the output depends on: all of them, if this file has no rule for the layer. */
export function geometryOf(geometry: Geometry, span: Span): Span {
  const { className, config, axis, input, output } = geometry;
  if (input.length !== 4 || output.length !== 4) return WHOLE;
  // One value for all positions, which was broadcast.
  if (input[axis] === 1 && output[axis] !== 1 && SAME.has(className)) return [0, 1];
  if (/^Random|^(RandAugment|AugMix|CutMix|MixUp)$/.test(className)) return span;
  if (SAME.has(className)) return input[axis] === output[axis] ? span : WHOLE;
  const rule = RULES[className];
  return rule ? rule(geometry, span) : channelsOnly(className, config) ? span : WHOLE;
}

/** Layers over an axis that may be the channels. */
function channelsOnly(className: string, config: Json): boolean {
  if (!/^(LayerNormalization|RMSNormalization|UnitNormalization|Softmax|Concatenate)$/.test(className))
    return false;
  return [config['axis'] ?? -1].flat().every((axis) => axis === -1 || axis === 3);
}

const RULES: Record<string, (geometry: Geometry, span: Span) => Span> = {
  ...named(['Conv2D', 'DepthwiseConv2D', 'SeparableConv2D'], ({ config, axis, input, output }, span) => {
    const { kernel, strides, dilation, padding } = windowOf(config, 2);
    const window = {
      size: kernel[axis - 1]!,
      stride: strides[axis - 1]!,
      dilation: dilation[axis - 1]!,
      padding,
    };
    return windowed(window, input[axis]!, output[axis]!, span);
  }),
  ...named(['MaxPooling2D', 'AveragePooling2D'], ({ config, axis, input, output }, span) => {
    const { size, strides, padding } = poolWindowOf(config, 2);
    return windowed(
      { size: size[axis - 1]!, stride: strides[axis - 1]!, dilation: 1, padding },
      input[axis]!,
      output[axis]!,
      span,
    );
  }),
  Conv2DTranspose({ config, axis, input, output }, [from, to]) {
    const { kernel, strides, dilation, padding } = windowOf(config, 2);
    const [size, stride] = [(kernel[axis - 1]! - 1) * dilation[axis - 1]! + 1, strides[axis - 1]!];
    const total = padding === 'same' ? Math.max(0, (input[axis]! - 1) * stride + size - output[axis]!) : 0;
    const before = Math.floor(total / 2);
    return [Math.ceil((from + before - size + 1) / stride), Math.floor((to - 1 + before) / stride) + 1];
  },
  ZeroPadding2D: ({ config, axis }, [from, to]) => {
    const before = around(config['padding'], axis);
    return [from - before, to - before];
  },
  Cropping2D: ({ config, axis }, [from, to]) => {
    const before = around(config['cropping'], axis);
    return [from + before, to + before];
  },
  ...named(['UpSampling2D', 'Resizing'], ({ className, config, axis, input, output }, [from, to]) => {
    const scale = input[axis]! / output[axis]!;
    const plain = !config['crop_to_aspect_ratio'] && !config['pad_to_aspect_ratio'] && !config['antialias'];
    const kind = String(config['interpolation'] ?? (className === 'Resizing' ? 'bilinear' : 'nearest'));
    const inside = (at: number) => Math.min(input[axis]! - 1, Math.max(0, at));
    const first = (from + 0.5) * scale;
    const last = (to - 0.5) * scale;
    if (plain && kind === 'nearest') return [inside(Math.floor(first)), inside(Math.floor(last)) + 1];
    if (plain && kind === 'bilinear')
      return [inside(Math.floor(first - 0.5)), inside(Math.ceil(last - 0.5)) + 1];
    return WHOLE;
  }),
};

function named<T>(names: readonly string[], rule: T): Record<string, T> {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

interface Window {
  size: number;
  stride: number;
  dilation: number;
  padding: string;
}

function windowed(
  { size, stride, dilation, padding }: Window,
  input: number,
  output: number,
  [from, to]: Span,
): Span {
  const reach = (size - 1) * dilation + 1;
  // TensorFlow puts the odd pixel of padding behind.
  const total = padding === 'same' ? Math.max(0, (output - 1) * stride + reach - input) : 0;
  const before = Math.floor(total / 2);
  return [from * stride - before, (to - 1) * stride - before + reach];
}

/** The first of the numbers around an axis: one for all, one per axis, or a pair per axis. */
function around(value: unknown, axis: 1 | 2): number {
  const own = Array.isArray(value) ? value[axis - 1] : (value ?? 1);
  return Number(Array.isArray(own) ? own[0] : own);
}
