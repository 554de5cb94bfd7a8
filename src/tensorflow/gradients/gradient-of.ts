import type { Tensor, Tf } from '../types';

/** The part of TensorFlow.js's engine that records operations for a gradient. */
interface Recorder {
  gradientDepth: number;
  activeTape: { saved: Tensor[] }[] | null;
}

/**
 * The gradient of a number with respect to a tensor.
 *
 * @param compute synchronous; returns a scalar
 * @returns of the shape of `x`; the caller disposes it
 * @throws {Error} with TensorFlow.js's message, when an operation has no gradient; nothing is left behind
 */
export function gradientOf(tf: Tf, x: Tensor, compute: (x: Tensor) => Tensor): Tensor {
  try {
    return tf.grad(compute)(x);
  } finally {
    // After an error TensorFlow.js keeps what it saved for the way back.
    const { state } = tf.engine() as unknown as { state: Recorder };
    if (state.gradientDepth === 0 && state.activeTape) {
      for (const tensor of state.activeTape.flatMap(({ saved }) => saved)) tensor.dispose();
      state.activeTape = null;
    }
  }
}
