/** What a run takes of the memory: its outputs, its weights, and which weights leave while the largest outputs are made. */
import type * as tfc from '@tensorflow/tfjs-core';
import type * as tfl from '@tensorflow/tfjs-layers';
import { ModelError } from '../../errors';
import type { Shape } from '../model';
import type { Container, Run } from './plan';

/** Bytes of weights up to which wasm may keep them packed for its convolutions, which takes as much again of its heap. */
const MOST_PACKED = 600e6;

/** Whether wasm may keep a run's weights packed; other backends need no more memory for them. */
export const canPack = (tf: typeof tfc, run: Run) =>
  tf.getBackend() !== 'wasm' || sizeOfWeights(weightsOf(run)) <= MOST_PACKED;

/** Bytes of outputs from which the garbage of before is worth the time that its collection takes. */
export const LARGE = 500e6;

/** Outputs of its size that the layer with the largest output may need: input, output, and what lies in between. */
const ROOM = 8;

/**
 * The weights that make room for the largest outputs. The first ones, since they come back early: while they are away,
 * they are in memory twice, which must not add to all the outputs. On native TensorFlow for many outputs only, whose time
 * hides that of copying.
 */
export function weightsInTheWay(
  tf: typeof tfc,
  model: Container,
  run: Run,
  inputs: readonly tfc.Tensor[],
  bytes: number,
): tfc.Tensor[] {
  const isNative = tf.getBackend() === 'tensorflow';
  if (isNative && bytes <= LARGE) return [];
  const weights = weightsOf(run);
  const size = sizeOfWeights(weights);
  if (size > bytes) return [];
  let room = ROOM * largestOf(run, inputs);
  // Where the whole model makes room, weights that the run does not use would divide it.
  if (isNative && room > size) {
    const { weights: all } = model as unknown as tfl.LayersModel;
    return [...weights, ...all.map((weight) => weight.read())];
  }
  return weights.filter((weight) => {
    const leaves = room > 0;
    room -= 4 * weight.size;
    return leaves;
  });
}

/** The bytes of the largest output of a run. */
function largestOf({ steps }: Run, inputs: readonly tfc.Tensor[]): number {
  const sizes = steps.map(({ shape, run }) =>
    run ? largestOf(run, inputs) : bytesOf(shape, inputs[0]?.shape ?? []),
  );
  return Math.max(0, ...sizes);
}

/** The weights of all layers that a run calls, in their order. */
export function weightsOf(run: Run): tfc.Tensor[] {
  return run.steps.flatMap((step) =>
    step.run ? weightsOf(step.run) : step.layer.weights.map((weight) => weight.read()),
  );
}

/** The bytes of weights. */
export const sizeOfWeights = (weights: readonly tfc.Tensor[]) =>
  weights.reduce((sum, weight) => sum + 4 * weight.size, 0);

/** The bytes of an output; an unknown axis is taken to be as long as the input's. */
export function bytesOf(shape: Shape, input: readonly number[]): number {
  return shape.reduce<number>((bytes, size, axis) => bytes * (size ?? input[axis] ?? 1), 4);
}

const sizeText = (bytes: number) =>
  bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

export function outputsTooLarge(bytes: number, count: number, cause?: unknown): ModelError {
  return new ModelError(
    `Cannot predict: the outputs of ${count} ${count === 1 ? 'layer' : 'layers'} take ${sizeText(bytes)}, which do not fit into memory. Ask for fewer with { layers }, give a smaller batch, or use native TensorFlow (npx convlens setup).`,
    { cause },
  );
}

export function weightsTooLarge(bytes: number, cause: unknown): ModelError {
  return new ModelError(
    `Cannot predict: the weights of the model take ${sizeText(bytes)}, and what is computed with them does not fit into memory. Give a smaller batch, or use native TensorFlow (npx convlens setup).`,
    { cause },
  );
}
