import { ModelError } from '../../errors';
import { type Call, type Dialect, type Json, type LayerSpec, refsIn, TensorRef } from '../file/graph';
import type { NodeDefinition } from './definition';

/** How the calls of a layer in the file pass its arguments. */
export interface CallArguments {
  /** Indices of its inputs among the tensors that it gets; by default all of them. */
  inputs?: number[];
  /** Indices of the tensors of other arguments, by Keras's names. */
  others: Record<string, number[]>;
  /** Arguments that are not tensors, such as `training`, unless they have their default. */
  options: Json;
}

/** The arguments of a recurrent layer's call. */
export const OF_SEQUENCES = ['sequences', 'initial_state', 'mask', 'training'];

/**
 * @param context the enclosing model's `training` argument, which Keras 3's predict ignores
 * @throws {ModelError} for an unsupported argument, and for calls with different arguments
 */
export function callArguments(
  spec: LayerSpec,
  definition: NodeDefinition,
  context: { dialect: Dialect; training?: boolean },
): CallArguments {
  const { takes = ['inputs', 'training'], inputs = 1 } = definition;
  const [first, ...others] = (spec.calls.length ? spec.calls : [{ args: [], kwargs: {} }]).map((call) => {
    const given = argumentsOf(spec, call, takes, inputs);
    const training = context.dialect === 2 && Boolean(given.options['training'] ?? context.training);
    return { ...given, options: { ...given.options, training } };
  });
  if (others.some((other) => JSON.stringify(other) !== JSON.stringify(first))) {
    throw new ModelError(
      `${nameOf(spec)} is called with different arguments in different calls, which is not supported. Use one layer per call.`,
    );
  }
  return first!;
}

const nameOf = ({ name, className }: LayerSpec) => `layer "${name}" (${className})`;

function argumentsOf(
  spec: LayerSpec,
  { args, kwargs }: Call,
  takes: readonly string[],
  inputs: number,
): CallArguments {
  const places: Record<string, number[]> = {};
  const options: Json = {};
  let next = 0;
  for (const [name, value] of [
    ...args.map((value, i) => [takes[i] ?? `number ${i + 1}`, value] as const),
    ...Object.entries(kwargs),
  ]) {
    if (value === null || value === undefined) continue;
    if (!takes.includes(name)) {
      if (value === false) continue;
      throw new ModelError(
        `${nameOf(spec)} is called with the argument ${name}, which is not supported. Build the model without it.`,
      );
    }
    const refs = refsIn(value);
    if (!refs.length) {
      if (value !== false || name === 'training') options[name] = value;
    } else if ([value].flat().some((one) => !(one instanceof TensorRef))) {
      throw new ModelError(
        `${nameOf(spec)} is called with values other than tensors as its ${name}, which is not supported. Make each an output of a layer.`,
      );
    } else places[name] = refs.map(() => next++);
  }
  const ofInputs = takes.slice(0, inputs);
  const given = ofInputs.flatMap((name) => places[name] ?? []);
  const masks = places['mask']?.length ?? 0;
  if (masks > given.length) {
    throw new ModelError(
      `${nameOf(spec)} is called with ${masks} masks for ${given.length} inputs. Give one for each.`,
    );
  }
  const others = Object.fromEntries(Object.entries(places).filter(([name]) => !ofInputs.includes(name)));
  const isPlain = given.every((place, i) => place === i) && Object.keys(others).length === 0;
  return { inputs: isPlain ? undefined : given, others, options };
}
