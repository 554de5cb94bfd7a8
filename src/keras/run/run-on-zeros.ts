import type * as tfc from '@tensorflow/tfjs-core';
import { tf as tensorflow } from '../../tensorflow/running';
import type { Model, Shape } from '../model';
import { stepsOf } from './plan';
import { eachOutput } from './run';

/** Sizes of axes that a model leaves open: of a picture's sides, and of other axes. */
const OPEN = { picture: 224, other: 32 };
/** What TensorFlow.js says of an operation that the backend lacks. */
const LACKING = /not registered|not (yet )?(supported|implemented)/i;

/**
 * Runs every layer of a model once, on zeros, and keeps nothing of it. TensorFlow must be ready.
 *
 * @throws {ModelError} when a layer cannot be computed, with its name. Where the model leaves a size open, one is taken,
 *   and only an operation that the backend lacks counts: at that size a layer may fail that works at others
 */
export function runOnZeros(model: Model): void {
  const tf = tensorflow() as unknown as typeof tfc;
  const shapes = model.inputs.map(({ shape }) => shape);
  const inputs = shapes.map((shape) => tf.zeros(sizesOf(shape)));
  try {
    eachOutput(tf, model as never, inputs, stepsOf(model as never), () => {});
  } catch (error) {
    const isOpen = shapes.some((shape) => shape.slice(1).includes(null));
    if (!isOpen || LACKING.test(String(error))) throw error;
  } finally {
    tf.dispose(inputs);
  }
}

function sizesOf(shape: Shape): number[] {
  const open = shape.length === 4 ? OPEN.picture : OPEN.other;
  return shape.map((size, axis) => size ?? (axis ? open : 1));
}
