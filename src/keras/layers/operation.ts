import { ModelError } from '../../errors';
import { isObject, type Json, type LayerSpec, TensorRef } from '../graph';
import type { Shape } from '../model';
import { activationOf } from './activation-functions';
import { checkConfig } from './check-config';
import type { LayerDefinition, Tensor, Tf } from './definition';
import { commonShape, getItem, itemShape } from './item';

/** A function of the graph, with its arguments in Keras's order: tensors and plain values. */
type Operation = (tf: Tf, args: unknown[], kwargs: Json) => Tensor;

const two =
  (run: (tf: Tf, a: Tensor, b: Tensor) => Tensor): Operation =>
  (tf, args, kwargs) => {
    const operands = [...args, ...['x1', 'x2', 'x', 'y'].map((key) => kwargs[key])].filter(
      (v) => v !== undefined && v !== null,
    );
    const [a, b] = operands.map((value) => asTensor(tf, value));
    if (!a || !b) throw new ModelError('an operation lacks an operand.');
    return run(tf, a, b);
  };

const one =
  (run: (tf: Tf, x: Tensor, kwargs: Json, args: unknown[]) => Tensor): Operation =>
  (tf, args, kwargs) =>
    run(tf, asTensor(tf, args[0] ?? kwargs['x'] ?? kwargs['input']), kwargs, args);

function asTensor(tf: Tf, value: unknown): Tensor {
  return typeof value === 'number' || Array.isArray(value)
    ? tf.tensor(value as number, undefined, 'float32')
    : (value as Tensor);
}

const reduce = (run: (tf: Tf, x: Tensor, axis: number[] | undefined, keep: boolean) => Tensor): Operation =>
  one((tf, x, kwargs, args) => {
    const axis = kwargs['axis'] ?? args[1];
    const axes = axis === null || axis === undefined ? undefined : [axis].flat().map(Number);
    return run(tf, x, axes, Boolean(kwargs['keepdims'] ?? args[2] ?? false));
  });

const keyOf = (args: unknown[], kwargs: Json) => args[1] ?? kwargs['key'] ?? kwargs['slice_spec'];

const activation = (name: string): Operation => one((tf, x) => activationOf(name, name, 3)(tf, x));

/** By Keras 3's class names; Keras 2's TensorFlow functions are translated to them below. */
const OPERATIONS: Record<string, Operation> = {
  Add: two((tf, a, b) => tf.add(a, b)),
  Subtract: two((tf, a, b) => tf.sub(a, b)),
  Multiply: two((tf, a, b) => tf.mul(a, b)),
  Divide: two((tf, a, b) => tf.div(a, b)),
  TrueDivide: two((tf, a, b) => tf.div(a, b)),
  Power: two((tf, a, b) => tf.pow(a, b)),
  Maximum: two((tf, a, b) => tf.maximum(a, b)),
  Minimum: two((tf, a, b) => tf.minimum(a, b)),
  NotEqual: two((tf, a, b) => tf.notEqual(a, b)),
  Equal: two((tf, a, b) => tf.equal(a, b)),
  Greater: two((tf, a, b) => tf.greater(a, b)),
  Less: two((tf, a, b) => tf.less(a, b)),
  Any: reduce((tf, x, axes, keep) => tf.any(tf.cast(x, 'bool'), axes, keep)),
  All: reduce((tf, x, axes, keep) => tf.all(tf.cast(x, 'bool'), axes, keep)),
  Matmul: two((tf, a, b) => tf.matMul(a, b)),
  Negative: one((tf, x) => tf.neg(x)),
  Absolute: one((tf, x) => tf.abs(x)),
  Abs: one((tf, x) => tf.abs(x)),
  Square: one((tf, x) => tf.square(x)),
  Sqrt: one((tf, x) => tf.sqrt(x)),
  Rsqrt: one((tf, x) => tf.rsqrt(x)),
  Exp: one((tf, x) => tf.exp(x)),
  Log: one((tf, x) => tf.log(x)),
  Tanh: one((tf, x) => tf.tanh(x)),
  Cast: one((tf, x) => tf.cast(x, 'float32')),
  Clip: one((tf, x, kwargs, args) =>
    tf.clipByValue(x, Number(kwargs['x_min'] ?? args[1]), Number(kwargs['x_max'] ?? args[2])),
  ),
  Mean: reduce((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  Sum: reduce((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  Max: reduce((tf, x, axes, keep) => tf.max(x, axes, keep)),
  Min: reduce((tf, x, axes, keep) => tf.min(x, axes, keep)),
  ExpandDims: one((tf, x, kwargs, args) => tf.expandDims(x, Number(kwargs['axis'] ?? args[1]))),
  Squeeze: one((tf, x, kwargs, args) => {
    const axis = kwargs['axis'] ?? args[1];
    return tf.squeeze(x, axis === null || axis === undefined ? undefined : [axis].flat().map(Number));
  }),
  Transpose: one((tf, x, kwargs, args) =>
    tf.transpose(x, (kwargs['axes'] ?? args[1] ?? undefined) as number[]),
  ),
  Reshape: one((tf, x, kwargs, args) => {
    const target = [kwargs['newshape'] ?? kwargs['shape'] ?? args[1]]
      .flat()
      .map((size) => (size === null ? -1 : Number(size)));
    return tf.reshape(x, target);
  }),
  Concatenate: (tf, args, kwargs) =>
    tf.concat((args[0] ?? kwargs['xs']) as Tensor[], Number(kwargs['axis'] ?? args[1] ?? 0)),
  GetItem: (tf, args, kwargs) => getItem(tf, args[0] as Tensor, keyOf(args, kwargs)),
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Sigmoid: activation('sigmoid'),
  Silu: activation('silu'),
  Softplus: activation('softplus'),
  HardSigmoid: activation('hard_sigmoid'),
  HardSilu: activation('hard_silu'),
  Gelu: one((tf, x, kwargs) =>
    activationOf(kwargs['approximate'] === false ? 'gelu' : 'gelu_tanh', 'gelu', 3)(tf, x),
  ),
  Softmax: one((tf, x, kwargs) => tf.softmax(x, Number(kwargs['axis'] ?? -1))),
};

/** TensorFlow's functions in the TFOpLambda layers of Keras 2. */
const TENSORFLOW: Record<string, string> = {
  'math.add': 'Add',
  '__operators__.add': 'Add',
  'math.subtract': 'Subtract',
  'math.multiply': 'Multiply',
  'math.truediv': 'Divide',
  'math.divide': 'Divide',
  'math.pow': 'Power',
  'math.maximum': 'Maximum',
  'math.minimum': 'Minimum',
  'linalg.matmul': 'Matmul',
  'math.negative': 'Negative',
  'math.abs': 'Abs',
  'math.square': 'Square',
  'math.sqrt': 'Sqrt',
  'math.rsqrt': 'Rsqrt',
  'math.exp': 'Exp',
  'math.log': 'Log',
  'math.tanh': 'Tanh',
  'nn.tanh': 'Tanh',
  'math.sigmoid': 'Sigmoid',
  'nn.sigmoid': 'Sigmoid',
  cast: 'Cast',
  'nn.relu': 'Relu',
  'nn.relu6': 'Relu6',
  'nn.silu': 'Silu',
  'nn.softmax': 'Softmax',
  'math.reduce_mean': 'Mean',
  'math.reduce_sum': 'Sum',
  'math.reduce_max': 'Max',
  'math.reduce_min': 'Min',
  expand_dims: 'ExpandDims',
  squeeze: 'Squeeze',
  transpose: 'Transpose',
  reshape: 'Reshape',
  concat: 'Concatenate',
  '__operators__.getitem': 'GetItem',
};

function nameOf({ className, module, config, calls }: LayerSpec): string | undefined {
  if (className === 'SlicingOpLambda') return 'GetItem';
  if (className === 'TFOpLambda') return TENSORFLOW[String(config['function'])] ?? String(config['function']);
  if (module) return /(^|\.)ops(\.|$)/.test(module) ? className : undefined;
  // An .h5 of Keras 3 names no module. A layer that merges gets its inputs as a list, a function one by one.
  const first = calls[0]?.args;
  const known = Object.hasOwn(OPERATIONS, className);
  return known && first && (!LAYERS_TOO.has(className) || (!Array.isArray(first[0]) && first.length === 2))
    ? className
    : undefined;
}

/** Names that a layer and a function share. */
const LAYERS_TOO = new Set([
  'Add',
  'Subtract',
  'Multiply',
  'Maximum',
  'Minimum',
  'Concatenate',
  'Reshape',
  'Softmax',
]);

/** Whether the layer is a function of `keras.ops` or of TensorFlow, written as a node of the graph. */
export function isOperation(spec: LayerSpec): boolean {
  return nameOf(spec) !== undefined;
}

/** @throws {ModelError} when the function is not one of the arithmetic above */
export function operationFor(spec: LayerSpec): LayerDefinition {
  const name = nameOf(spec)!;
  const run = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  const call = spec.calls[0];
  if (!run || !call) {
    throw new ModelError(
      `layer "${spec.name}" is the operation ${name}, which convlens does not know. Write it as a layer of Keras.`,
    );
  }
  const constants = { ...spec.config };
  for (const key of ['name', 'trainable', 'dtype', 'function']) delete constants[key];
  const settings = { ...constants, ...renamed(call.kwargs) };
  checkConfig(spec.name, name, settings);
  const compute = (tf: Tf, inputs: Tensor[]) => {
    const next = inputs[Symbol.iterator]();
    const filled = fill([call.args, settings], () => next.next().value as Tensor) as [unknown[], Json];
    return run(tf, filled[0], filled[1]);
  };
  return {
    shape: (_, shapes) =>
      name === 'GetItem' ? itemShape(shapes[0]!, keyOf(call.args, settings)) : shapeBy(compute, shapes),
    call: (inputs, { tf }) => compute(tf, inputs),
  };
}

/** TensorFlow's names of arguments, as Keras 3 calls them. */
function renamed(kwargs: Json): Json {
  const result: Json = {};
  for (const [key, value] of Object.entries(kwargs)) {
    if (key === 'name') continue;
    result[key === 'input_tensor' ? 'x' : key === 'values' ? 'xs' : key] = value;
  }
  return result;
}

function fill(value: unknown, next: () => Tensor): unknown {
  if (value instanceof TensorRef) return next();
  if (Array.isArray(value)) return value.map((item) => fill(item, next));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, fill(item, next)]));
}

/** Finds the output's shape by computing twice with zeros: axes of any size are those that changed. */
function shapeBy(compute: (tf: Tf, inputs: Tensor[]) => Tensor, shapes: Shape[]): Shape {
  const tf = require('@tensorflow/tfjs-core') as Tf;
  const shapeAt = (unknown: number) =>
    tf.tidy(
      () =>
        compute(
          tf,
          shapes.map((shape) => tf.zeros(shape.map((size) => size ?? unknown))),
        ).shape,
    );
  return commonShape([2, 3].map(shapeAt));
}
