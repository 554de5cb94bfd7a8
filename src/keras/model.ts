/**
 * The types of models in notebook cells. TensorFlow.js's own types would cost a cell about a second, so these are small
 * interfaces that its classes satisfy.
 */

import type { Tensor } from '../tensorflow/tensor';

export type { Tensor };

/** The sizes of a tensor's axes, batch first; null for any size. */
export type Shape = (number | null)[];

/** A shape as text for errors, such as `[any, 148, 148, 16]`. */
export const shapeText = (shape: readonly (number | null)[]): string =>
  `[${shape.map((size) => size ?? 'any').join(', ')}]`;

/** Shapes as text for errors. */
export const shapesText = (shapes: readonly (readonly (number | null)[])[]): string =>
  shapes.map(shapeText).join(', ');

/** A layer of a model; `tf.layers.Layer` satisfies this. */
export interface Layer {
  /** Its name in the file. */
  name: string;
  /** Its Keras class, such as `Conv2D`. */
  getClassName(): string;
  /** Shape of its output; several if there are several outputs or calls. */
  readonly outputShape: Shape | Shape[];
  /** Number of its parameters. */
  countParams(): number;
  /** Its configuration. */
  getConfig(): Record<string, unknown>;
}

/** An input or output of a model. */
export interface ModelEnd {
  /** Its name. */
  readonly name: string;
  /** Batch first. */
  readonly shape: Shape;
}

/** A loaded model; `tf.LayersModel` satisfies this. */
export interface Model extends Layer {
  /** In the order of `summary`. */
  layers: Layer[];
  /** Its inputs: one tensor each. */
  inputs: ModelEnd[];
  /** Its outputs. */
  outputs: ModelEnd[];
  /** The model's output for a batch; the caller disposes it. */
  predict(x: Tensor | Tensor[]): Tensor | Tensor[];
  /** Frees the weights. */
  dispose(): unknown;
}

/** Layers to choose: a layer, its name (`outer/inner` inside a nested model), its index in `model.layers`, or a pattern of names. */
export type LayerChoice = Layer | string | number | RegExp;
