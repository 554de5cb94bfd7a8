/** A tensor; `tf.Tensor` satisfies this. */
export interface Tensor {
  /** Sizes of the axes, batch first. */
  readonly shape: number[];
  /** Type of its values, such as `float32`. */
  readonly dtype: string;
  /** The values, in row-major order. */
  data(): Promise<Float32Array | Int32Array | Uint8Array>;
  /** The values, in row-major order, synchronously. */
  dataSync(): Float32Array | Int32Array | Uint8Array;
  /** Frees its memory. */
  dispose(): void;
}
