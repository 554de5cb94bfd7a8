import { isObject } from '../../checks/is-object';
import { ModelError } from '../../errors';
import { timesSigmoid } from '../../tensorflow/times-sigmoid';
import type { Tensor, Tf } from '../../tensorflow/types';
import type { Dialect, Json } from '../file/graph';
import { customActivation } from './custom';

type Activation = (tf: Tf, x: Tensor, dialect: Dialect) => Tensor;

/** Keras's formulas (keras/src/activations), by the names that files hold. */
const ACTIVATIONS: Record<string, Activation> = {
  linear: (_, x) => x,
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  leaky_relu: (tf, x) => tf.leakyRelu(x, 0.2),
  elu: (tf, x) => tf.elu(x),
  selu: (tf, x) => tf.selu(x),
  celu: (tf, x) => tf.elu(x),
  softplus: (tf, x) => tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))),
  softsign: (tf, x) => tf.div(x, tf.add(tf.abs(x), 1)),
  soft_shrink: (tf, x) => tf.mul(tf.sign(x), tf.relu(tf.sub(tf.abs(x), 0.5))),
  hard_shrink: (tf, x) => tf.where(tf.greater(tf.abs(x), 0.5), x, tf.zerosLike(x)),
  tanh_shrink: (tf, x) => tf.sub(x, tf.tanh(x)),
  squareplus: (tf, x) => tf.mul(tf.add(x, tf.sqrt(tf.add(tf.square(x), 4))), 0.5),
  sparse_plus: (tf, x) =>
    tf.where(
      tf.lessEqual(x, -1),
      tf.zerosLike(x),
      tf.where(tf.less(x, 1), tf.mul(tf.square(tf.add(x, 1)), 0.25), x),
    ),
  sparse_sigmoid: (tf, x) => tf.clipByValue(tf.mul(tf.add(x, 1), 0.5), 0, 1),
  tanh: (tf, x) => tf.tanh(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  hard_tanh: (tf, x) => tf.clipByValue(x, -1, 1),
  exponential: (tf, x) => tf.exp(x),
  // Keras 2 had the steeper line 0.2 x + 0.5.
  hard_sigmoid: (tf, x, dialect) =>
    dialect === 2 ? tf.clipByValue(tf.add(tf.mul(x, 0.2), 0.5), 0, 1) : tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6),
  hard_silu: (tf, x) => tf.mul(x, tf.mul(tf.relu6(tf.add(x, 3)), 1 / 6)),
  silu: timesSigmoid,
  // Keras's default is the exact form with the error function.
  gelu: (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1)),
  gelu_tanh: (tf, x) =>
    tf.mul(
      tf.mul(x, 0.5),
      tf.add(tf.tanh(tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.pow(x, 3))))), 1),
    ),
  mish: (tf, x) => tf.mul(x, tf.tanh(tf.add(tf.relu(x), tf.log1p(tf.exp(tf.neg(tf.abs(x))))))),
  log_sigmoid: (tf, x) => tf.neg(tf.add(tf.relu(tf.neg(x)), tf.log1p(tf.exp(tf.neg(tf.abs(x)))))),
  softmax: (tf, x) => tf.softmax(x),
  log_softmax: (tf, x) => tf.logSoftmax(x),
  // The threshold is Keras 3.15's, whose results need not sum to one: it adds up all running sums where Martins and
  // Astudillo (2016) take the last.
  sparsemax: (tf, x) => {
    const size = x.shape[x.rank - 1]!;
    const { values } = tf.topk(x, size);
    const sums = tf.cumsum(values, x.rank - 1);
    const above = tf.greater(tf.add(tf.mul(values, tf.range(1, size + 1)), 1), sums);
    const inside = tf.cast(above, 'float32');
    const total = tf.sum(tf.mul(sums, inside), -1, true);
    return tf.relu(tf.sub(x, tf.div(tf.sub(total, 1), tf.sum(inside, -1, true))));
  },
  glu: (tf, x) => {
    const [value, gate] = tf.split(x, 2, -1) as [Tensor, Tensor];
    return tf.mul(value, tf.sigmoid(gate));
  },
};

/** The same for single numbers: the activations of recurrent layers. */
const OF_A_NUMBER: Record<string, (dialect: Dialect) => (x: number) => number> = {
  linear: () => (x) => x,
  relu: () => (x) => Math.max(0, x),
  tanh: () => Math.tanh,
  sigmoid: () => (x) => 1 / (1 + Math.exp(-x)),
  hard_sigmoid: (dialect) => {
    const slope = dialect === 2 ? 0.2 : 1 / 6;
    return (x) => Math.min(1, Math.max(0, slope * x + 0.5));
  },
};

/** The configured activation as a function of one number; undefined for rare ones and those that need more. */
export function scalarActivationOf(value: unknown, dialect: Dialect): ((x: number) => number) | undefined {
  const name = value === null ? 'linear' : String(value);
  return Object.hasOwn(OF_A_NUMBER, name) ? OF_A_NUMBER[name]!(dialect) : undefined;
}

const SYNONYMS: Record<string, string> = {
  // TensorFlow.js's name.
  gelu_new: 'gelu_tanh',
  swish: 'silu',
  hard_swish: 'hard_silu',
  log_softmax_v2: 'log_softmax',
  softmax_v2: 'softmax',
};

/** Cached by dialect and name, since a layer asks at every call. */
const found = new Map<string, (tf: Tf, x: Tensor) => Tensor>();

/** An activation that is ready to run; activation-layers.ts makes it from a layer. */
type Ready = (tf: Tf, x: Tensor) => Tensor;

/**
 * The activation that a configuration names: a string, or Keras 3's object of a built-in function.
 *
 * @throws {ModelError} for a user's own functions
 */
export function activationOf(value: unknown, layer: string, dialect: Dialect): Ready {
  if (value === null || value === undefined) return (_, x) => x;
  if (typeof value === 'function') return value as Ready;
  const before = typeof value === 'string' && found.get(`${dialect} ${value}`);
  if (before) return before;
  const object: Json = isObject(value) ? value : {};
  const inner = object['config'];
  const named = isObject(value) ? (typeof inner === 'string' ? inner : object['class_name']) : value;
  const name = String(named)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
  const known = SYNONYMS[name] ?? name;
  const registered = object['registered_name'];
  const foreign =
    typeof registered === 'string' && registered.includes('>') && !registered.startsWith('keras');
  const activation = Object.hasOwn(ACTIVATIONS, known) ? ACTIVATIONS[known] : undefined;
  if (!activation || foreign) {
    const own =
      (typeof registered === 'string' && customActivation(registered)) || customActivation(String(named));
    if (own) return (_, x) => own(x as never) as unknown as Tensor;
    const text = JSON.stringify(String(named).split('>').pop());
    throw new ModelError(
      `layer "${layer}" has the activation ${text}, which is not a Keras activation. Register it with registerActivation(${text}, (x) => …) and load again.`,
    );
  }
  const result = (tf: Tf, x: Tensor) => activation(tf, x, dialect);
  if (typeof value === 'string') found.set(`${dialect} ${value}`, result);
  return result;
}
