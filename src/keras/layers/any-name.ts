import type * as tfl from '@tensorflow/tfjs-layers';

/** A name that TensorFlow.js accepts for the tensors of a layer, and makes unique. */
export function tensorName(name: string): string {
  const plain = name.replace(/[^-\w./]/g, '_');
  return /^[a-z0-9]/i.test(plain) ? plain : `layer${plain}`;
}

/** Lets a layer have any name. TensorFlow.js names tensors after their layer, and allows few characters in those names. */
export function allowAnyName(layer: tfl.layers.Layer): void {
  const apply = layer.apply.bind(layer);
  layer.apply = (inputs, kwargs) => {
    const { name } = layer;
    layer.name = tensorName(name);
    try {
      return apply(inputs, kwargs);
    } finally {
      layer.name = name;
    }
  };
}
