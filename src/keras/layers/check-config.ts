import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import type { Json } from '../file/graph';
import { cellsOf } from './recurrent-cells';

type Rule = readonly [holds: (value: unknown) => boolean, words: string];

const whole = (value: unknown, least: number) =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= least;
/** One number for all axes, or a list; its reader checks the length. */
const each = (value: unknown, holds: (one: unknown) => boolean): boolean => [value].flat().every(holds);

/** Padding of axes: one number, one per axis, or pairs. */
const areSides = (value: unknown) => [value].flat(2).every((one) => whole(one, 0));

const countBelow = (bits: number): Rule => [
  (value) => each(value, (one) => whole(one, 1) && (one as number) < 2 ** bits),
  `a whole number above 0 and below 2^${bits}, or a list of such`,
];
/** Backends compute with 32 bits: a larger stride gives random maps. */
const COUNT = countBelow(31);
const FORMS = ['channels_last', 'channels_first'];

/** Valid ranges of settings whose wrong values would silently give wrong maps. */
const RULES: Record<string, Rule> = {
  ...Object.fromEntries(
    [
      'kernel_size',
      'strides',
      'dilation_rate',
      'size',
      'filters',
      'units',
      'depth_multiplier',
      'input_dim',
      'output_dim',
      'num_tokens',
      'height',
      'width',
      'n',
      'num_heads',
      'key_dim',
      'value_dim',
      'head_dim',
      'num_query_heads',
      'num_key_value_heads',
      'sliding_window',
      'output_size',
    ].map((name) => [name, COUNT]),
  ),
  // The backends count the pixels of a window, rows times columns.
  pool_size: countBelow(15),
  // −1 means as many groups as channels.
  groups: [(value) => whole(value, 1) || value === -1, 'a whole number above 0'],
  padding: [
    (value) => (typeof value === 'string' ? ['valid', 'same', 'causal'].includes(value) : areSides(value)),
    'valid, same, causal or whole numbers from 0',
  ],
  cropping: [areSides, 'whole numbers from 0'],
  ...Object.fromEntries(
    ['axis', 'attention_axes'].map((name) => [
      name,
      [(value: unknown) => each(value, (one) => whole(one, -10)), 'a whole number or a list of such'],
    ]),
  ),
  output_shape: [
    (value) => each(value, (one) => one === null || COUNT[0](one)),
    'whole numbers above 0, or null where any goes',
  ],
  ...Object.fromEntries(
    [
      'return_sequences',
      'go_backwards',
      'use_bias',
      'center',
      'keepdims',
      'mask_zero',
      'antialias',
      'crop_to_aspect_ratio',
      'pad_to_aspect_ratio',
      'rms_scaling',
      'reset_after',
      'use_gate',
      'use_scale',
      'causal',
    ].map((name) => [name, [(value: unknown) => typeof value === 'boolean', 'true or false']]),
  ),
  data_format: [(value) => FORMS.includes(value as string), FORMS.join(' or ')],
  ...Object.fromEntries(
    ['epsilon', 'negative_slope', 'threshold', 'alpha', 'theta', 'max_value', 'mask_value', 'fill_value'].map(
      (name) => [name, [Number.isFinite, 'a number']],
    ),
  ),
};

/** Number of spatial axes of a class of layers: 2 for Conv2D. */
const axesOf = (className: string) => Number(/([1-3])D/.exec(className)?.[1] ?? 0);

/** A number or a pair per axis; with padding of the wrong rank the backends write past the end of a map. */
const isMargins = (value: unknown[], axes: number) =>
  (value.length === axes && value.every((one) => !Array.isArray(one) || one.length === 2)) ||
  (axes === 1 && value.length === 2 && !value.some(Array.isArray));

/** The rank of a layer's input; undefined for any rank. */
export function rankOf(className: string): number | undefined {
  if (/^(LSTM|GRU|SimpleRNN|RNN)$/.test(className)) return 3;
  if (/^(Resizing|CenterCrop)$/.test(className)) return 4;
  const axes = axesOf(className);
  return axes ? axes + (className.startsWith('ConvLSTM') ? 3 : 2) : undefined;
}

/**
 * Refuses a configuration that Keras would not write, including those of inner layers. Null and missing settings have
 * their defaults.
 *
 * @throws {ModelError} naming the layer, the setting and its valid values
 */
export function checkConfig(name: string, className: string, config: Json): void {
  const axes = axesOf(className);
  for (const key of ['kernel_size', 'strides', 'dilation_rate', 'pool_size', 'size']) {
    const value = config[key];
    if (!axes || !Array.isArray(value) || value.length === axes) continue;
    throw new ModelError(
      `layer "${name}" (${className}): its ${key} has ${value.length} numbers for ${axes} axes. Save the model again.`,
    );
  }
  for (const key of ['padding', 'cropping']) {
    const value = config[key];
    if (!axes || !Array.isArray(value) || isMargins(value, axes)) continue;
    throw new ModelError(
      `layer "${name}" (${className}): its ${key} is ${JSON.stringify(value).slice(0, 100)} and should be a number or a pair for each of ${axes} axes. Save the model again.`,
    );
  }
  for (const [key, [holds, words]] of Object.entries(RULES)) {
    const value = config[key];
    if (value === undefined || value === null || holds(value)) continue;
    throw new ModelError(
      `layer "${name}": its ${key} is ${JSON.stringify(value).slice(0, 100)} and should be ${words}. Save the model again.`,
    );
  }
  for (const inside of [config['layer'], config['backward_layer'], ...cellsOf(config)]) {
    if (isObject(inside) && isObject(inside['config'])) {
      checkConfig(name, String(inside['class_name']), inside['config']);
    }
  }
}
