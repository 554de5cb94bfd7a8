import type { Json } from '../file/graph';

/**
 * TensorFlow's functions in the TFOpLambda layers of Keras 2, with the equivalent Keras 3 operation and TensorFlow's
 * argument names. The first argument is positional in files. After a colon: TensorFlow's default, if Keras's differs.
 */
const FUNCTIONS: [names: string, operations: Record<string, string>][] = [
  [
    'x1=x x2=y',
    {
      'math.add': 'Add',
      '__operators__.add': 'Add',
      'math.subtract': 'Subtract',
      'math.multiply': 'Multiply',
      'math.truediv': 'Divide',
      'math.divide': 'Divide',
      floor_div: 'FloorDivide',
      'math.floordiv': 'FloorDivide',
      'math.floormod': 'Mod',
      'math.pow': 'Power',
      'math.maximum': 'Maximum',
      'math.minimum': 'Minimum',
      'math.squared_difference': 'SquaredDifference',
      'math.equal': 'Equal',
      'math.not_equal': 'NotEqual',
      'math.greater': 'Greater',
      'math.greater_equal': 'GreaterEqual',
      'math.less': 'Less',
      'math.less_equal': 'LessEqual',
      'math.logical_and': 'LogicalAnd',
      'math.logical_or': 'LogicalOr',
    },
  ],
  ['x1=a x2=b transpose_a transpose_b', { 'linalg.matmul': 'Matmul' }],
  ['x1=value x2=bias', { 'nn.bias_add': 'Add' }],
  ['condition x1=x x2=y', { where: 'Where' }],
  ['x=t x_min=clip_value_min x_max=clip_value_max', { clip_by_value: 'Clip' }],
  ['x dtype', { cast: 'Cast' }],
  [
    'x',
    {
      'math.logical_not': 'LogicalNot',
      'math.negative': 'Negative',
      'math.abs': 'Abs',
      'math.square': 'Square',
      'math.sqrt': 'Sqrt',
      'math.rsqrt': 'Rsqrt',
      'math.reciprocal': 'Reciprocal',
      'math.exp': 'Exp',
      'math.expm1': 'Expm1',
      'math.log': 'Log',
      'math.log1p': 'Log1p',
      'math.erf': 'Erf',
      'math.sin': 'Sin',
      'math.cos': 'Cos',
      'math.tan': 'Tan',
      'math.atan': 'Arctan',
      'math.sinh': 'Sinh',
      'math.cosh': 'Cosh',
      'math.tanh': 'Tanh',
      'nn.tanh': 'Tanh',
      'math.floor': 'Floor',
      'math.ceil': 'Ceil',
      'math.round': 'Round',
      'math.sign': 'Sign',
      'math.sigmoid': 'Sigmoid',
      'nn.sigmoid': 'Sigmoid',
      'math.log_sigmoid': 'LogSigmoid',
    },
  ],
  ['x=input', { identity: 'Copy', zeros_like: 'ZerosLike', ones_like: 'OnesLike' }],
  ['variable=input', { stop_gradient: 'StopGradient' }],
  [
    'x=input_tensor axis keepdims',
    {
      'math.reduce_mean': 'Mean',
      'math.reduce_sum': 'Sum',
      'math.reduce_prod': 'Prod',
      'math.reduce_max': 'Max',
      'math.reduce_min': 'Min',
      'math.reduce_any': 'Any',
      'math.reduce_all': 'All',
      'math.reduce_variance': 'Var',
      'math.reduce_std': 'Std',
      'math.reduce_logsumexp': 'Logsumexp',
    },
  ],
  ['x=input axis', { expand_dims: 'ExpandDims', squeeze: 'Squeeze' }],
  [
    'x=input axis:0 output_type',
    { argmax: 'Argmax', argmin: 'Argmin', 'math.argmax': 'Argmax', 'math.argmin': 'Argmin' },
  ],
  ['xs=inputs', { 'math.add_n': 'AddN' }],
  ['x=tensor ord axis keepdims', { norm: 'Norm' }],
  ['x=values axis', { sort: 'Sort' }],
  ['x=input k sorted', { 'math.top_k': 'TopK' }],
  [
    'x=input depth_radius bias alpha beta',
    { 'nn.local_response_normalization': 'LocalResponseNormalization' },
  ],
  ['images', { 'image.rgb_to_grayscale': 'RGBToGrayscale' }],
  ['images size=sizes strides dilation_rate=rates padding', { 'image.extract_patches': 'ExtractPatches' }],
  ['x=image', { 'image.per_image_standardization': 'StandardizeImage' }],
  ['x axis:0', { 'math.cumsum': 'Cumsum' }],
  ['x axis epsilon', { 'math.l2_normalize': 'L2Normalize', 'nn.l2_normalize': 'L2Normalize' }],
  ['x key=slice_spec', { '__operators__.getitem': 'GetItem' }],
  ['x=input output_type=out_type', { shape: 'Shape' }],
  ['x=a axes=perm', { transpose: 'Transpose' }],
  ['x=tensor newshape=shape', { reshape: 'Reshape' }],
  ['x=input shape', { broadcast_to: 'BroadcastTo' }],
  ['xs=values axis', { concat: 'Concatenate' }],
  ['x=values axis', { stack: 'Stack' }],
  ['x=value num axis', { unstack: 'Unstack' }],
  ['x=value sizes=num_or_size_splits axis num', { split: 'Split' }],
  ['x=tensor axis', { reverse: 'Flip' }],
  ['x=input shift axis', { roll: 'Roll' }],
  ['x=input repeats=multiples', { tile: 'Tile' }],
  ['x=input repeats axis', { repeat: 'Repeat' }],
  ['x=tensor pad_width=paddings mode constant_values', { pad: 'Pad' }],
  ['x=params indices axis:0', { gather: 'Take' }],
  [
    'inputs=input pool_size=ksize strides padding data_format',
    {
      'nn.max_pool': 'MaxPool',
      'nn.max_pool2d': 'MaxPool',
      'nn.avg_pool': 'AveragePool',
      'nn.avg_pool2d': 'AveragePool',
    },
  ],
  ['images size interpolation=method antialias', { 'image.resize': 'Resize' }],
  // TensorFlow 1's, whose methods may be numbers.
  [
    'images size interpolation=method align_corners half_pixel_centers:false',
    {
      'compat.v1.image.resize': 'Resize',
      'compat.v1.image.resize_images': 'Resize',
      'compat.v1.image.resize_bilinear': 'Resize',
    },
  ],
  [
    'images size align_corners half_pixel_centers:false interpolation:"nearest"',
    { 'compat.v1.image.resize_nearest_neighbor': 'Resize' },
  ],
  [
    'images size align_corners half_pixel_centers:false interpolation:"bicubic"',
    { 'compat.v1.image.resize_bicubic': 'Resize' },
  ],
  [
    'x=input block_size data_format',
    { 'nn.depth_to_space': 'DepthToSpace', 'nn.space_to_depth': 'SpaceToDepth' },
  ],
  [
    'x=features',
    {
      'nn.relu': 'Relu',
      'nn.relu6': 'Relu6',
      'nn.elu': 'Elu',
      'nn.selu': 'Selu',
      'nn.silu': 'Silu',
      'math.softplus': 'Softplus',
      'nn.softplus': 'Softplus',
      'nn.softsign': 'Softsign',
    },
  ],
  ['x=features approximate:false', { 'nn.gelu': 'Gelu' }],
  ['x=features negative_slope=alpha', { 'nn.leaky_relu': 'LeakyRelu' }],
  ['x=logits axis', { 'nn.softmax': 'Softmax', 'nn.log_softmax': 'LogSoftmax' }],
];

/** The Keras equivalent of a TensorFlow function. */
export interface KerasWords {
  operation: string;
  /** Keras's names of its arguments by TensorFlow's. */
  names: ReadonlyMap<string, string>;
  /** Defaults, by Keras's argument names. */
  defaults: Json;
}

const known = new Map<string, KerasWords>();
for (const [names, operations] of FUNCTIONS) {
  const pairs = names.split(' ').map((name): [string, string] => {
    const [ours = name, theirs = ours] = name.replace(/:.*/, '').split('=');
    return [theirs, ours];
  });
  const defaults = Object.fromEntries(
    [...names.matchAll(/(\w+):([\w"]+)/g)].map(([, name, value]) => [name, JSON.parse(value!)]),
  );
  for (const [name, operation] of Object.entries(operations)) {
    known.set(name, { operation, names: new Map(pairs), defaults });
  }
}

/** @param name as in a TFOpLambda; functions of TensorFlow 1 may be prefixed by `compat.v1` */
export const kerasWordsOf = (name: string): KerasWords | undefined =>
  known.get(name) ?? known.get(name.replace(/^compat\.v1\./, ''));

/** Its arguments with Keras's names, and with the few values that TensorFlow writes differently. */
export function inKerasWords(kwargs: Json, { names, defaults }: KerasWords): Json {
  const result = { ...defaults };
  for (const [theirs, value] of Object.entries(kwargs)) {
    const name = names.get(theirs) ?? theirs;
    result[name] = inKerasForm(name, value) ?? defaults[name];
  }
  return result;
}

/** TensorFlow 1's methods of resizing by their numbers. */
const METHODS = ['bilinear', 'nearest', 'bicubic', 'area'];

function inKerasForm(name: string, value: unknown): unknown {
  if (name === 'padding' && typeof value === 'string') return value.toLowerCase();
  if (name === 'interpolation' && typeof value === 'number') return METHODS[value];
  if (name === 'data_format') return value === 'NCHW' ? 'channels_first' : value === 'NHWC' ? null : value;
  // A window may have a size per axis of the tensor.
  const window = ['pool_size', 'strides', 'size', 'dilation_rate'].includes(name);
  return window && Array.isArray(value) && value.length === 4 ? value.slice(1, 3) : value;
}
