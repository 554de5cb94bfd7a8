import type * as tfl from '@tensorflow/tfjs-layers';
import { running, type Session } from '../running';
import type { Tensor, Tf } from '../types';

/** A graph is made at the third identical request: making it takes as long as about ten runs without it. */
const OFTEN = 3;

/** Computations of fewer layers gain nothing as a graph. Without one, they also keep the operations' last digits. */
export const LEAST_LAYERS = 16;

/** An output with its tensor. */
interface Output {
  tensor: Tensor;
}

interface Repeated {
  what: object;
  sizes: string;
  times: number;
  session?: Session;
  outputs: Output[];
  /** Data ids of the weights that the graph was made with. */
  weights: object[];
}

/** Compares an output of a graph with what its operations give one by one. */
export type IsSame = (values: ArrayLike<number>, expected: ArrayLike<number>) => boolean;

const repeated = new WeakMap<tfl.LayersModel, Repeated>();

const weightsOf = (model: tfl.LayersModel) => model.weights.map((weight) => weight.read().dataId);

/**
 * Runs a computation of a model. On native TensorFlow, a computation that is requested often runs as one graph.
 *
 * @param what identifies the computation
 * @param compute synchronous, and the same each time except for the values of the inputs
 * @param isSame whether an output of the graph may stand for that of the operations one by one
 */
export function runRepeated<T extends Output>(
  tf: Tf,
  model: tfl.LayersModel,
  what: object,
  inputs: Tensor[],
  compute: () => T[],
  isSame: IsSame = isClose,
): T[] {
  const { trace } = running();
  if (!trace || tf.getBackend() !== 'tensorflow') return compute();
  const sizes = JSON.stringify(inputs.map(({ shape, dtype }) => [shape, dtype]));
  let known = repeated.get(model);
  if (known?.what !== what || known.sizes !== sizes) {
    releaseGraph(model);
    known = { what, sizes, times: 0, outputs: [], weights: [] };
    repeated.set(model, known);
  }
  known.times++;
  if (known.session && !weightsOf(model).every((id, i) => id === known.weights[i])) {
    known.session.dispose();
    known.session = undefined;
    known.times = OFTEN;
  }
  if (known.session) {
    try {
      const tensors = known.session.run(inputs);
      return known.outputs.map((output, i) => ({ ...output, tensor: tensors[i]! })) as T[];
    } catch {
      // If TensorFlow refuses the graph, the operations run one by one.
      known.session.dispose();
      known.session = undefined;
    }
  }
  if (known.times !== OFTEN) return compute();
  let outputs: T[] = [];
  const session = trace(tf, inputs, () => {
    outputs = compute();
    return outputs.map(({ tensor }) => tensor);
  });
  if (!session) return outputs;
  known.session = agrees(session, inputs, outputs, isSame) ? session : undefined;
  if (!known.session) session.dispose();
  known.outputs = outputs;
  known.weights = weightsOf(model);
  return outputs;
}

/** Relative to an output's largest magnitude. Graphs round differently by about 1e-6; a softmax can amplify that. */
const TOLERANCE = 1e-4;

/** Whether a graph gives the same numbers as its operations one by one: TensorFlow rewrites graphs, sometimes wrongly. */
function agrees(session: Session, inputs: Tensor[], outputs: Output[], isSame: IsSame): boolean {
  let tensors: Tensor[];
  try {
    tensors = session.run(inputs);
  } catch {
    return false;
  }
  try {
    return tensors.every((tensor, i) => isSame(tensor.dataSync(), outputs[i]!.tensor.dataSync()));
  } finally {
    for (const tensor of tensors) tensor.dispose();
  }
}

function isClose(values: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  let [largest, worst] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [value, wanted] = [values[i]!, expected[i]!];
    // NaN and ±Infinity have no meaningful difference.
    if (Object.is(value, wanted)) continue;
    if (!Number.isFinite(value) || !Number.isFinite(wanted)) return false;
    worst = Math.max(worst, Math.abs(value - wanted));
    largest = Math.max(largest, Math.abs(wanted));
  }
  return worst <= TOLERANCE * largest;
}

/** Frees a model's graph. */
export function releaseGraph(model: tfl.LayersModel): void {
  repeated.get(model)?.session?.dispose();
  repeated.delete(model);
}
