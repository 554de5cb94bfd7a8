import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Json } from '../file/graph';
import type { Shape } from '../model';
import {
  alike,
  alongAxis,
  asFloats,
  axesIn,
  broadcast,
  countOf,
  isGiven,
  type Operation,
  op,
  sameShape,
  shapeOf,
  tensorOf,
  tensorsOf,
  unary,
} from './arguments';

const binary = (run: (tf: Tf, a: Tensor, b: Tensor) => Tensor) =>
  op(
    'x1 x2',
    (tf, { x1, x2 }) => run(tf, tensorOf(tf, x1, 'x1'), tensorOf(tf, x2, 'x2')),
    ({ x1, x2 }) => broadcast(x1, x2),
  );

const logical = (name: 'logicalAnd' | 'logicalOr') =>
  binary((tf, a, b) => tf[name](tf.cast(a, 'bool'), tf.cast(b, 'bool')));

/** The shape after reducing axes. */
function reducedShape({ x, axis, keepdims }: Json): Shape {
  const shape = shapeOf(x);
  const axes = axesIn(axis, shape.length);
  const gone = (at: number) => !axes || axes.includes(at);
  if (keepdims === true) return shape.map((size, at) => (gone(at) ? 1 : size));
  return shape.filter((_, at) => !gone(at));
}

const reduction = (run: (tf: Tf, x: Tensor, axes: number[] | undefined, keep: boolean) => Tensor) =>
  op(
    'x axis keepdims',
    (tf, { x, axis, keepdims }) => {
      const given = tensorOf(tf, x);
      return run(tf, given, axesIn(axis, given.rank), keepdims === true);
    },
    reducedShape,
  );

/** numpy's max or min with an `initial` value. */
const withInitial = ({ takes, run, shape }: Operation, name: 'maximum' | 'minimum'): Operation => ({
  takes: [...takes, 'initial'],
  run(tf, { initial, ...args }) {
    const found = run(tf, args) as Tensor;
    return isGiven(initial) ? tf[name](found, tensorOf(tf, initial, 'initial')) : found;
  },
  shape,
});

const extremeAt = (name: 'argMax' | 'argMin') =>
  op(
    'x axis keepdims output_type',
    (tf, { x, axis, keepdims }) => {
      const given = tensorOf(tf, x);
      const at = alongAxis(tf, given, axis, (y, i) => tf[name](y, i));
      if (keepdims !== true) return at;
      const [along] = axesIn(axis, given.rank) ?? [];
      return tf.reshape(
        at,
        given.shape.map((size, i) => (along === undefined || i === along ? 1 : size)),
      );
    },
    reducedShape,
  );

/** @throws {ModelError} for a norm other than 2, and along one axis 1 or infinity */
function checkNorm({ x, ord, axis }: Json): void {
  const alongOne = axesIn(axis, shapeOf(x).length)?.length === 1;
  if (alongOne && (ord === 1 || ord === Number.POSITIVE_INFINITY)) return;
  if (isGiven(ord) && ord !== 2 && ord !== 'fro' && ord !== 'euclidean') {
    throw new ModelError(`its ord is ${JSON.stringify(ord)}; 2, and 1 along one axis, are supported.`);
  }
  if (ord === 2 && !alongOne) {
    throw new ModelError('its ord is 2 for a matrix, which is its largest singular value.');
  }
}

/** Element-wise operations and reductions. */
export const ARITHMETIC: Record<string, Operation> = {
  Add: binary((tf, a, b) => tf.add(a, b)),
  Subtract: binary((tf, a, b) => tf.sub(a, b)),
  Multiply: binary((tf, a, b) => tf.mul(a, b)),
  // TensorFlow.js would divide integers to an integer.
  Divide: binary((tf, a, b) => tf.div(asFloats(tf, a), asFloats(tf, b))),
  TrueDivide: binary((tf, a, b) => tf.div(asFloats(tf, a), asFloats(tf, b))),
  FloorDivide: binary((tf, a, b) => tf.floor(tf.div(asFloats(tf, a), asFloats(tf, b)))),
  Mod: binary((tf, a, b) => tf.mod(a, b)),
  Power: binary((tf, a, b) => tf.pow(a, b)),
  Maximum: binary((tf, a, b) => tf.maximum(a, b)),
  Minimum: binary((tf, a, b) => tf.minimum(a, b)),
  SquaredDifference: binary((tf, a, b) => tf.squaredDifference(a, b)),
  Equal: binary((tf, a, b) => tf.equal(a, b)),
  NotEqual: binary((tf, a, b) => tf.notEqual(a, b)),
  Greater: binary((tf, a, b) => tf.greater(a, b)),
  GreaterEqual: binary((tf, a, b) => tf.greaterEqual(a, b)),
  Less: binary((tf, a, b) => tf.less(a, b)),
  LessEqual: binary((tf, a, b) => tf.lessEqual(a, b)),
  LogicalAnd: logical('logicalAnd'),
  LogicalOr: logical('logicalOr'),
  LogicalNot: unary((tf, x) => tf.logicalNot(tf.cast(x, 'bool'))),
  Where: op(
    'condition x1 x2',
    (tf, { condition, x1, x2 }) => {
      const when = tf.cast(tensorOf(tf, condition, 'condition'), 'bool');
      return tf.where(when, tensorOf(tf, x1, 'x1'), tensorOf(tf, x2, 'x2'));
    },
    ({ condition, x1, x2 }) => broadcast(condition, x1, x2),
  ),
  Matmul: op(
    'x1 x2 transpose_a transpose_b',
    (tf, { x1, x2, transpose_a, transpose_b }) => {
      const [a, b] = [tensorOf(tf, x1, 'x1'), tensorOf(tf, x2, 'x2')];
      if (b.rank === 1) return tf.squeeze(tf.matMul(a, tf.expandDims(b, 1), transpose_a === true), [-1]);
      return tf.matMul(a, b, transpose_a === true, transpose_b === true);
    },
    ({ x1, x2, transpose_a, transpose_b }) => {
      const [a, b] = [shapeOf(x1), shapeOf(x2)];
      if (b.length === 1) return [...a.slice(0, -2), a.at(transpose_a === true ? -1 : -2)!];
      const batch = broadcast({ shape: a.slice(0, -2) }, { shape: b.slice(0, -2) });
      return [...batch, a.at(transpose_a === true ? -1 : -2)!, b.at(transpose_b === true ? -2 : -1)!];
    },
  ),
  Clip: op(
    'x x_min x_max',
    (tf, { x, x_min, x_max }) =>
      tf.minimum(tf.maximum(tensorOf(tf, x), tensorOf(tf, x_min, 'x_min')), tensorOf(tf, x_max, 'x_max')),
    ({ x, x_min, x_max }) => broadcast(x, x_min, x_max),
  ),
  // Values stay 32 bits wide; casting to an integer type truncates.
  Cast: op(
    'x dtype',
    (tf, { x, dtype }) => {
      const wanted = String(dtype ?? 'float32');
      const kind = /^u?int/.test(wanted) ? 'int32' : wanted === 'bool' ? 'bool' : 'float32';
      return tf.cast(tensorOf(tf, x), kind);
    },
    ({ x }) => shapeOf(x),
  ),
  Negative: unary((tf, x) => tf.neg(x)),
  Absolute: unary((tf, x) => tf.abs(x)),
  Abs: unary((tf, x) => tf.abs(x)),
  Square: unary((tf, x) => tf.square(x)),
  Sqrt: unary((tf, x) => tf.sqrt(x)),
  Rsqrt: unary((tf, x) => tf.rsqrt(x)),
  Reciprocal: unary((tf, x) => tf.reciprocal(x)),
  Exp: unary((tf, x) => tf.exp(x)),
  Expm1: unary((tf, x) => tf.expm1(x)),
  Log: unary((tf, x) => tf.log(x)),
  Log1p: unary((tf, x) => tf.log1p(x)),
  Erf: unary((tf, x) => tf.erf(x)),
  Sin: unary((tf, x) => tf.sin(x)),
  Cos: unary((tf, x) => tf.cos(x)),
  Tan: unary((tf, x) => tf.tan(x)),
  Arctan: unary((tf, x) => tf.atan(x)),
  Sinh: unary((tf, x) => tf.sinh(x)),
  Cosh: unary((tf, x) => tf.cosh(x)),
  Tanh: unary((tf, x) => tf.tanh(x)),
  Floor: unary((tf, x) => tf.floor(x)),
  Ceil: unary((tf, x) => tf.ceil(x)),
  Round: unary((tf, x) => tf.round(x)),
  Sign: unary((tf, x) => tf.sign(x)),
  Copy: op('x', (tf, { x }) => tensorOf(tf, x), sameShape()),
  StopGradient: op(
    'variable',
    (tf, { variable }) => tensorOf(tf, variable, 'variable'),
    sameShape('variable'),
  ),
  ZerosLike: unary((tf, x) => tf.zerosLike(x)),
  OnesLike: unary((tf, x) => tf.onesLike(x)),
  FullLike: op(
    'x fill_value',
    (tf, { x, fill_value }) => {
      const given = tensorOf(tf, x);
      return tf.add(tf.zerosLike(given), tf.cast(tensorOf(tf, fill_value, 'fill_value'), given.dtype));
    },
    ({ x, fill_value }) => broadcast(x, fill_value),
  ),
  AddN: op(
    'xs',
    (tf, { xs }) => tf.addN(alike(tf, tensorsOf(tf, xs))),
    ({ xs }) => broadcast(...[xs].flat()),
  ),
  Norm: op(
    'x ord axis keepdims',
    (tf, { x, ord, axis, keepdims }) => {
      const given = asFloats(tf, tensorOf(tf, x));
      const axes = axesIn(axis, given.rank);
      if (ord === 1 && axes?.length === 1) return tf.sum(tf.abs(given), axes, keepdims === true);
      if (ord === Number.POSITIVE_INFINITY && axes?.length === 1) {
        return tf.max(tf.abs(given), axes, keepdims === true);
      }
      return tf.sqrt(tf.sum(tf.square(given), axes, keepdims === true));
    },
    (args) => {
      checkNorm(args);
      return reducedShape(args);
    },
  ),
  Mean: reduction((tf, x, axes, keep) => tf.mean(x, axes, keep)),
  Sum: reduction((tf, x, axes, keep) => tf.sum(x, axes, keep)),
  Prod: reduction((tf, x, axes, keep) => tf.prod(x, axes, keep)),
  Max: withInitial(
    reduction((tf, x, axes, keep) => tf.max(x, axes, keep)),
    'maximum',
  ),
  Min: withInitial(
    reduction((tf, x, axes, keep) => tf.min(x, axes, keep)),
    'minimum',
  ),
  Any: reduction((tf, x, axes, keep) => tf.any(tf.cast(x, 'bool'), axes, keep)),
  All: reduction((tf, x, axes, keep) => tf.all(tf.cast(x, 'bool'), axes, keep)),
  Var: reduction((tf, x, axes, keep) => tf.moments(x, axes, keep).variance),
  Std: reduction((tf, x, axes, keep) => tf.sqrt(tf.moments(x, axes, keep).variance)),
  Logsumexp: reduction((tf, x, axes, keep) => tf.logSumExp(x, axes, keep)),
  Argmax: extremeAt('argMax'),
  Argmin: extremeAt('argMin'),
  Cumsum: op(
    'x axis',
    (tf, { x, axis }) => alongAxis(tf, tensorOf(tf, x), axis, (y, at) => tf.cumsum(y, at)),
    ({ x, axis }) => {
      const shape = shapeOf(x);
      return axesIn(axis, shape.length) ? shape : [countOf(shape)];
    },
  ),
};
