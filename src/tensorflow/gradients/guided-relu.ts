import type { Tensor, Tf } from '../types';

type Gradient = (dy: Tensor, saved: Tensor[], attributes: object) => Record<string, () => Tensor>;

/**
 * Computes while the gradients of ReLU and ReLU6 are those of guided backpropagation: positive ones, where the unit is
 * active (Springenberg et al. 2015). TensorFlow.js looks a gradient up when the operation runs.
 */
export function withGuidedRelu<T>(tf: Tf, compute: () => T): T {
  const names = ['Relu', 'Relu6'] as const;
  const own = names.map((name) => tf.getGradient(name)!);
  own.forEach((config) => {
    const gradFunc: Gradient = (dy, saved, attributes) => {
      const plain = config.gradFunc(dy, saved, attributes as never) as ReturnType<Gradient>;
      return { x: () => tf.relu(plain['x']!()) };
    };
    tf.registerGradient({ ...config, gradFunc: gradFunc as never });
  });
  try {
    return compute();
  } finally {
    for (const config of own) tf.registerGradient(config);
  }
}
