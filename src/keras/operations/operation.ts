import { ModelError } from '../../errors';
import type { Tensor, Tf } from '../../tensorflow/types';
import { type Call, type Json, type LayerSpec, mapRefs, refsIn } from '../file/graph';
import { checkConfig } from '../layers/check-config';
import type { NodeDefinition } from '../layers/definition';
import { isGiven, type Operation } from './arguments';
import { ARITHMETIC } from './arithmetic';
import { ARRANGEMENT } from './arrangement';
import { AXES } from './axes';
import { NETWORK } from './network';
import { PARTS } from './parts';
import { PATCHES } from './patches';
import { rawArguments, rawOperationOf } from './raw-tensorflow';
import { inKerasWords, type KerasWords, kerasWordsOf } from './tensorflow';

/** By the class names of Keras 3. */
const OPERATIONS: Record<string, Operation> = {
  ...ARITHMETIC,
  ...AXES,
  ...ARRANGEMENT,
  ...PARTS,
  ...NETWORK,
  ...PATCHES,
};

/** Arguments whose default is 0. */
const NOTHING_AT_0 = new Set(['batch_dims', 'decimals']);

/** The Keras 3 equivalent of a Keras 2 TFOpLambda. */
function wordsOf({ className, config }: LayerSpec): KerasWords | undefined {
  if (className === 'SlicingOpLambda') return kerasWordsOf('__operators__.getitem');
  return className === 'TFOpLambda' ? kerasWordsOf(String(config['function'])) : undefined;
}

function nameOf(spec: LayerSpec): string | undefined {
  const { className, module, config } = spec;
  if (className === 'SlicingOpLambda' || className === 'TFOpLambda') {
    return wordsOf(spec)?.operation ?? String(config['function']);
  }
  if (className === 'TensorFlowOpLayer') return rawOperationOf(spec);
  if (module) return /^keras\.(.*\.)?ops(\.|$)/.test(module) ? className : undefined;
  // An .h5 of Keras 3 names no module. A layer, also one of a user's own, says whether it is trained.
  return Object.hasOwn(OPERATIONS, className) && !('trainable' in config) ? className : undefined;
}

/** Whether the layer is a function of `keras.ops` or of TensorFlow, written as a node of the graph. */
export function isOperation(spec: LayerSpec): boolean {
  return nameOf(spec) !== undefined;
}

/** @throws {ModelError} when the function is not one of the above, or has an unsupported argument */
export function operationFor(spec: LayerSpec): NodeDefinition {
  const name = nameOf(spec)!;
  const operation = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  const call = spec.calls[0];
  if (!operation || !call) {
    throw new ModelError(
      `layer "${spec.name}" is the operation ${name}, which is not supported. Write it as a layer of Keras.`,
    );
  }
  const named = argumentsOf(spec, operation, call);
  const constant = Object.entries(named).filter(([, value]) => refsIn(value).length === 0);
  checkConfig(spec.name, name, Object.fromEntries(constant));
  const places = new Map(refsIn([call.args, call.kwargs]).map((ref, place) => [ref, place]));
  /** The arguments with inputs in place of tensors; errors name the layer. */
  const using = <T, R>(inputs: readonly T[], use: (args: Json) => R): R => {
    try {
      return use(mapRefs(named, (ref) => inputs[places.get(ref)!]) as Json);
    } catch (cause) {
      if (!(cause instanceof ModelError)) throw cause;
      throw new ModelError(`layer "${spec.name}" is the operation ${name}: ${cause.message}`, { cause });
    }
  };
  const run = (tf: Tf, inputs: Tensor[]) => using(inputs, (args) => operation.run(tf, args));
  return {
    shape(_, shapes) {
      const shaped = shapes.map((shape) => ({ shape }));
      return using(shaped, (args) => operation.shape(args));
    },
    call: (inputs, { tf }) => run(tf, inputs),
    anyType: true,
    several: () => ['Split', 'Unstack', 'TopK'].includes(name),
  };
}

/**
 * An operation's arguments by Keras's names: those of its configuration, and of a call of it.
 *
 * @throws {ModelError} for an argument that the operation does not support, unless it has its default
 */
function argumentsOf(spec: LayerSpec, { takes }: Operation, { args, kwargs }: Call): Json {
  const { name: _, trainable: _t, function: _f, dtype, ...config } = spec.config;
  if (spec.className === 'TensorFlowOpLayer') return rawArguments(spec);
  const words = wordsOf(spec);
  const result: Json = { ...config, ...(takes.includes('dtype') && { dtype }) };
  for (const [i, value] of args.entries()) result[takes[i] ?? `argument ${i + 1}`] = value;
  const { name: _k, ...named } = kwargs;
  Object.assign(result, words ? inKerasWords(named, words) : named);
  const unknown = Object.entries(result).find(
    ([name, value]) =>
      !takes.includes(name) && isGiven(value) && value !== false && !(NOTHING_AT_0.has(name) && value === 0),
  );
  if (unknown) {
    throw new ModelError(
      `layer "${spec.name}" is the operation ${spec.config['function'] ?? spec.className} with the argument ${unknown[0]}, which is not supported. Write it without, or as a layer of Keras.`,
    );
  }
  return result;
}
