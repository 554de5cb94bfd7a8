/**
 * What a notebook cell sees of a model. TensorFlow.js declares the same things in files so large that
 * reading them costs a cell about a second, so these are small descriptions to which its classes fit.
 */

/** The sizes of a tensor's axes, batch first; null where any size goes. */
export type Shape = (number | null)[];

/** A shape as errors tell it, such as `[any, 148, 148, 16]`; a size that is not fixed is `any`. */
export const shapeText = (shape: readonly (number | null)[]): string =>
  `[${shape.map((size) => size ?? 'any').join(', ')}]`;

/** Shapes as errors list them. */
export const shapesText = (shapes: readonly (readonly (number | null)[])[]): string =>
  shapes.map(shapeText).join(', ');

/** A tensor of TensorFlow.js: `tf.Tensor` fits. */
export interface Tensor {
  /** Sizes of the axes, batch first. */
  readonly shape: number[];
  /** Type of its values, such as `float32`. */
  readonly dtype: string;
  /** The values, row after row. */
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  /** The values, row after row, at once. */
  dataSync(): Float32Array | Int32Array | Uint8Array;
  /** Frees its memory. */
  dispose(): void;
}

/** A layer of a model: `tf.layers.Layer` fits. */
export interface Layer {
  /** As the file names it. */
  name: string;
  /** Keras's name of its class, such as `Conv2D`. */
  getClassName(): string;
  /** Shape of its output; one for each output or call when there are several. */
  readonly outputShape: Shape | Shape[];
  /** How many numbers its weights hold. */
  countParams(): number;
  /** Its settings in the words of TensorFlow.js. */
  getConfig(): Record<string, unknown>;
}

/** What stands at a model's ends: a shape without values. */
export interface ModelEnd {
  /** As the model names it. */
  readonly name: string;
  /** Batch first. */
  readonly shape: Shape;
}

/** A loaded model: `tf.LayersModel` fits. */
export interface Model extends Layer {
  /** In the order of `summary`. */
  layers: Layer[];
  /** What it takes: one tensor each. */
  inputs: ModelEnd[];
  /** What it puts out. */
  outputs: ModelEnd[];
  /** The model's output for a batch; the caller disposes it. */
  predict(x: Tensor | Tensor[]): Tensor | Tensor[];
  /** Frees the weights. */
  dispose(): unknown;
}

/** Layers to choose: a layer, its name (`outer/inner` inside a nested model), its index in `model.layers`, or a pattern of names. */
export type LayerChoice = Layer | string | number | RegExp;
